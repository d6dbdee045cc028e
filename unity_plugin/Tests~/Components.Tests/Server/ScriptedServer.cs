using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Components.Tests
{
    /// <summary>
    /// A server in memory. A test decides what it sends; received messages are kept. Each client that connects gets its
    /// own transport.
    /// </summary>
    internal sealed class ScriptedServer
    {
        private readonly object _lock = new object();
        private readonly List<ScriptedCall> _calls = new List<ScriptedCall>();
        private readonly List<(BridgeStream Stream, int Parts)> _parts = new List<(BridgeStream Stream, int Parts)>();
        private int _sessions;

        private event Action<BridgeModel[]> Told;

        internal ScriptedServer()
        {
            Avatars = new ScriptedAvatars(this);
            Dialogue = new ScriptedDialogue(this);
            Recognition = new ScriptedRecognition(this);
            Inference = new ScriptedInference();
        }

        /// <summary>Set whenever the server receives something.</summary>
        internal AutoResetEvent Heard { get; } = new AutoResetEvent(false);

        internal ScriptedAvatars Avatars { get; }

        internal ScriptedDialogue Dialogue { get; }

        internal ScriptedRecognition Recognition { get; }

        internal ScriptedInference Inference { get; }

        /// <summary>Whether it answers at all.</summary>
        internal bool IsUp { get; set; } = true;

        /// <summary>Whether handshakes are accepted but not answered.</summary>
        internal bool IsSilent { get; set; }

        /// <summary>Whether it has another major version.</summary>
        internal int Major { get; set; } = 1;

        /// <summary>Its minor version: from 1 on it reports its models.</summary>
        internal int Minor { get; set; }

        /// <summary>Lines of a history that it takes; 0 as servers before minor 5.</summary>
        internal int MaxHistoryLines { get; set; }

        /// <summary>Whether it is of minor 6.</summary>
        internal bool KnowsNpcs { get; set; }

        /// <summary>Whether it agrees to bundles, as one of minor 4 does.</summary>
        internal bool TakesBundles { get; set; }

        /// <summary>Messages of a stream as they came: the number of parts of each, 1 for one that stands alone.</summary>
        internal List<int> PartsOf(BridgeStream stream)
        {
            lock (_lock)
            {
                return _parts.FindAll(one => one.Stream == stream).ConvertAll(one => one.Parts);
            }
        }

        /// <summary>Whether a client watches the models.</summary>
        internal bool IsWatched => Told != null;

        /// <summary>The maximum size of a picture in bytes.</summary>
        internal int MaxImageBytes { get; set; } = 4 << 20;

        /// <summary>The models in the handshake.</summary>
        internal BridgeModel[] Models { get; set; } =
        {
            Avatar(),
            Model("dialogue", Capability.Dialogue, ModelState.Ready),
            Model("detector", Capability.Recognition, ModelState.Ready),
            Model("classifier", Capability.Recognition, ModelState.Ready),
            Model("style", Capability.Inference, ModelState.Ready),
        };

        internal int Handshakes { get; private set; }

        internal int SessionsEnded { get; private set; }

        internal HandshakeQuestion LastQuestion { get; private set; }

        /// <summary>Streams that are open.</summary>
        internal int OpenCalls
        {
            get
            {
                lock (_lock)
                {
                    return _calls.FindAll(call => !call.IsOver).Count;
                }
            }
        }

        private static BridgeModel Avatar()
        {
            var rungs = new[]
            {
                new BridgeRung("avatar.64", 64, 64, true, false),
                new BridgeRung("avatar.64/cheaper", 64, 64, true, true),
                new BridgeRung("avatar.32/cheaper", 32, 32, true, true),
                new BridgeRung("repeat", 0, 0, false, false),
            };
            string[] names = Array.ConvertAll(rungs, rung => rung.Name);
            return new BridgeModel("avatar", Capability.Avatar, ModelState.Ready, "1", string.Empty, names, 0, rungs);
        }

        internal static BridgeModel Model(
            string name, Capability capability, ModelState state, string detail = "", params string[] rungs) =>
            new BridgeModel(name, capability, state, "1", detail, rungs);

        internal IBridgeTransport Transport(BridgeOptions options) => new ScriptedTransport(this);

        /// <summary>Breaks all streams, as when the server is killed.</summary>
        internal void Kill()
        {
            IsUp = false;
            foreach (ScriptedCall call in Calls())
            {
                call.Break();
            }
        }

        internal HandshakeAnswer Shake(HandshakeQuestion question)
        {
            if (!IsUp)
            {
                throw new BridgeException(ErrorReason.Unreachable, "no server answers", true);
            }

            lock (_lock)
            {
                Handshakes++;
                LastQuestion = question;
                _sessions++;
            }

            Heard.Set();
            return new HandshakeAnswer
            {
                ProtocolMajor = Major,
                ProtocolMinor = Minor,
                ServerVersion = "0.1.0",
                SessionId = "session-" + _sessions,
                GraceMicros = 10_000_000,
                Capabilities = new[] { Capability.Avatar, Capability.Dialogue, Capability.Recognition, Capability.Inference },
                Models = Models,
                Formats = question.Formats,
                Bundles = TakesBundles && question.WantsBundles,
                Limits = Limits(),
            };
        }

        internal void End() => SessionsEnded++;

        /// <summary>Changes the models; watchers are notified before this returns.</summary>
        internal void Tell(params BridgeModel[] models)
        {
            Models = models;
            Told?.Invoke(models);
        }

        private async Task WatchAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation)
        {
            Action<BridgeModel[]> tell = models => heard(models);
            Told += tell;
            Heard.Set();
            try
            {
                heard(Models);
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
            }
            finally
            {
                Told -= tell;
            }
        }

        internal ScriptedCall Open(BridgeStream stream, IMessageReader reader, CancellationToken cancellation)
        {
            var call = new ScriptedCall(this, stream, reader, cancellation);
            lock (_lock)
            {
                _calls.Add(call);
            }

            return call;
        }

        internal void Hear(ScriptedCall call, ReadOnlyMemory<byte> message)
        {
            IReadOnlyList<ReadOnlyMemory<byte>> parts = Bundles.Split(call.Stream, message);
            lock (_lock)
            {
                _parts.Add((call.Stream, parts.Count));
            }

            foreach (ReadOnlyMemory<byte> part in parts)
            {
                HearOne(call, part);
            }
        }

        private void HearOne(ScriptedCall call, ReadOnlyMemory<byte> message)
        {
            switch (call.Stream)
            {
                case BridgeStream.Avatar:
                    Avatars.Hear(call, message.Span);
                    break;
                case BridgeStream.Dialogue:
                    Dialogue.Hear(call, message.Span);
                    break;
                case BridgeStream.Inference:
                    Inference.Hear(call, message.Span);
                    break;
                default:
                    Recognition.Hear(call, message.Span);
                    break;
            }

            Heard.Set();
        }

        private ScriptedCall[] Calls()
        {
            lock (_lock)
            {
                return _calls.ToArray();
            }
        }

        private BridgeLimits Limits() => new BridgeLimits
        {
            MaxMessageBytes = 4 << 20,
            MaxImageBytes = MaxImageBytes,
            MaxImagePixels = 1 << 22,
            MaxSlotsPerStream = 32,
            MaxConversations = 8,
            MaxUnacknowledgedFrames = 8,
            MaxPoseBytes = 256,
            MaxTextBytes = 16384,
            MaxContextTokens = 1024,
            MaxBudgetMicros = 10_000_000,
            MaxChunkBytes = 64 << 10,
            MaxTensorBytes = 16 << 20,
            MaxInferMessageBytes = 1 << 20,
            MaxWaitingTensorBytes = 64 << 20,
            MaxOpenInferences = 256,
            MaxHistoryLines = MaxHistoryLines,
            MaxNpcBytes = KnowsNpcs ? 64 << 10 : 0,
            MaxActionResultBytes = KnowsNpcs ? 4096 : 0,
            MaxHistoryBytes = 64 << 10,
        };

        private sealed class ScriptedTransport : IBridgeTransport
        {
            private readonly ScriptedServer _server;
            private readonly CancellationTokenSource _ended = new CancellationTokenSource();

            internal ScriptedTransport(ScriptedServer server) => _server = server;

            public async Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation)
            {
                if (_server.IsSilent)
                {
                    await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
                }

                return await Task.Run(() => _server.Shake(question), cancellation).ConfigureAwait(false);
            }

            public Task EndSessionAsync(string sessionId, CancellationToken cancellation) => Task.Run(_server.End, cancellation);

            public Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation) =>
                Task.FromResult<IReadOnlyList<BridgeModel>>(_server.Models);

            public Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation) =>
                _server.WatchAsync(heard, CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ended.Token).Token);

            public Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation) =>
                throw new NotSupportedException("no component loads a model");

            public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation) =>
                Task.FromResult(new AvatarSchema(null, new[] { "smile" }));

            public Task<long> PingAsync(CancellationToken cancellation) => Task.FromResult(100L);

            public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation) =>
                _server.Open(
                    stream,
                    reader,
                    CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ended.Token).Token);

            public BridgeException ErrorOf(Exception thrown) => thrown as BridgeException;

            public void Dispose() => _ended.Cancel();
        }
    }
}
