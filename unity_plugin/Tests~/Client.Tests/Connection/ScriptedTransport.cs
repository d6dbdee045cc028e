using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>One connection to a <see cref="ScriptedServer"/>.</summary>
    internal sealed class ScriptedTransport : IBridgeTransport
    {
        private readonly ScriptedServer _server;

        public ScriptedTransport(ScriptedServer server)
        {
            _server = server;
        }

        public ConcurrentQueue<ScriptedCall> Calls { get; } = new ConcurrentQueue<ScriptedCall>();

        public bool IsDisposed { get; private set; }

        public Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation)
        {
            if (_server.IsDown)
            {
                throw new BridgeException(ErrorReason.Unreachable, "nobody listens", isLost: true);
            }

            var answer = new HandshakeAnswer
            {
                ProtocolMajor = _server.Major,
                ProtocolMinor = _server.Minor,
                SessionId = _server.NextSession(question.ResumeSessionId, out var resumed),
                Resumed = resumed,
                Formats = question.Formats,
                Models = _server.Models,
                Limits = _server.Limits,
                Bundles = _server.TakesBundles && question.WantsBundles,
            };
            return Task.FromResult(answer);
        }

        public Task EndSessionAsync(string sessionId, CancellationToken cancellation)
        {
            _server.Farewells.Enqueue(sessionId);
            return Task.CompletedTask;
        }

        public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation) => Task.FromResult(new AvatarSchema(null, null));

        public Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation)
        {
            _server.CountListing();
            return Task.FromResult(_server.Models);
        }

        public Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation) => _server.WatchAsync(heard, cancellation);

        public Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation) =>
            Task.FromResult(_server.Load(name) ?? throw new BridgeException(ErrorReason.UnknownModel, $"no model \"{name}\""));

        public Task<long> PingAsync(CancellationToken cancellation)
        {
            if (_server.IsDown)
            {
                return Task.FromException<long>(new BridgeException(ErrorReason.Unreachable, "nobody listens", isLost: true));
            }

            _server.Delays.TryDequeue(out var longer);
            return Task.FromResult(-longer); // the server's part is taken off the way, so a negative one makes it longer
        }

        public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation)
        {
            var call = new ScriptedCall(stream, reader, cancellation);
            Calls.Enqueue(call);
            return call;
        }

        public BridgeException ErrorOf(Exception thrown) =>
            thrown as BridgeException ?? new BridgeException(ErrorReason.Cancelled, thrown.Message, isLost: true);

        public void Dispose()
        {
            IsDisposed = true;
            foreach (var call in Calls)
            {
                call.Dispose();
            }
        }
    }
}
