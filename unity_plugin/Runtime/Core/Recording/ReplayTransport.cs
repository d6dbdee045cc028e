using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// Plays a recording through the readers that a live connection uses, so that samples run without a server. Texture
    /// frames follow the recorded clock; text and pictures get the answers of the next recorded request. Use it as
    /// <see cref="BridgeOptions.Transport"/>. Any thread.
    /// </summary>
    public sealed class ReplayTransport : IBridgeTransport
    {
        private readonly List<RecordedMessage> _entries;
        private readonly HandshakeAnswer _handshake;
        private readonly double _speed;
        private readonly bool _loop;
        private readonly CancellationTokenSource _end = new CancellationTokenSource();
        private int _session;

        /// <summary>
        /// Reads a whole recording, gzipped or not. <paramref name="speed"/> 1 plays at the recorded pace, 2 twice as
        /// fast; <paramref name="loop"/> repeats the frames. Throws <see cref="InvalidDataException"/> for a file that
        /// is not a recording or is damaged, <see cref="ArgumentOutOfRangeException"/> for a speed not above 0.
        /// </summary>
        public ReplayTransport(Stream recording, double speed = 1, bool loop = false)
        {
            if (recording == null)
            {
                throw new ArgumentNullException(nameof(recording));
            }

            if (!(speed > 0))
            {
                throw new ArgumentOutOfRangeException(nameof(speed), speed, "give a speed above 0");
            }

            _entries = RecordingFile.Read(recording, out _handshake);
            _speed = speed;
            _loop = loop;
        }

        /// <inheritdoc/>
        public Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation)
        {
            var answer = new HandshakeAnswer
            {
                ProtocolMajor = ProtocolVersion.Major,
                ProtocolMinor = ProtocolVersion.Minor,
                ServerVersion = _handshake.ServerVersion,
                SessionId = $"replay-{Interlocked.Increment(ref _session)}",
                Capabilities = _handshake.Capabilities,
                Models = _handshake.Models,
                Formats = _handshake.Formats,
                Limits = _handshake.Limits,
            };
            return Task.FromResult(answer);
        }

        /// <inheritdoc/>
        public Task EndSessionAsync(string sessionId, CancellationToken cancellation) => Task.CompletedTask;

        /// <summary>Empty: a recording has no schema.</summary>
        public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation) => Task.FromResult(new AvatarSchema(null, null));

        /// <summary>The models as they were when the recording was made.</summary>
        public Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation) => Task.FromResult(_handshake.Models);

        /// <summary>The models at the time of recording; they never change.</summary>
        public Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation)
        {
            (heard ?? throw new ArgumentNullException(nameof(heard)))(_handshake.Models);
            return Task.Delay(Timeout.Infinite, cancellation);
        }

        /// <summary>The model at the time of recording; a <see cref="BridgeException"/> for one that is not in it.</summary>
        public Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation)
        {
            foreach (var model in _handshake.Models)
            {
                if (model.Name == name)
                {
                    return Task.FromResult(model);
                }
            }

            return Task.FromException<BridgeModel>(new BridgeException(
                ErrorReason.UnknownModel, $"the recording has no model \"{name}\"; a server can load others"));
        }

        /// <inheritdoc/>
        public Task<long> PingAsync(CancellationToken cancellation) => Task.FromResult(0L);

        /// <inheritdoc/>
        public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation)
        {
            var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
            var kind = StreamKind.Of(stream);
            return new ReplayCall(new RecordedStream(kind, _entries), kind, reader, _speed, _loop, linked.Token);
        }

        /// <inheritdoc/>
        public BridgeException ErrorOf(Exception thrown) => BridgeErrors.Of(thrown);

        /// <summary>Ends every call.</summary>
        public void Dispose() => _end.Cancel();
    }
}
