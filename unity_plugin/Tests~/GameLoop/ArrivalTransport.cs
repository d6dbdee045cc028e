using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.GameLoop
{
    /// <summary>A transport that reports arrivals, with a reader in front of the streams' own.</summary>
    internal sealed class ArrivalTransport : IBridgeTransport
    {
        private readonly IBridgeTransport _inner;
        private readonly Arrivals _arrivals;

        internal ArrivalTransport(IBridgeTransport inner, Arrivals arrivals)
        {
            _inner = inner;
            _arrivals = arrivals;
        }

        public Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation) =>
            _inner.HandshakeAsync(question, cancellation);

        public Task EndSessionAsync(string sessionId, CancellationToken cancellation) => _inner.EndSessionAsync(sessionId, cancellation);

        public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation) => _inner.GetAvatarSchemaAsync(cancellation);

        public Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation) => _inner.ListModelsAsync(cancellation);

        public Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation) => _inner.WatchModelsAsync(heard, cancellation);

        public Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation) => _inner.LoadModelAsync(name, cancellation);

        public Task<long> PingAsync(CancellationToken cancellation) => _inner.PingAsync(cancellation);

        public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation) =>
            _inner.OpenCall(stream, stream == BridgeStream.Avatar ? _arrivals.Before(reader) : reader, cancellation);

        public BridgeException ErrorOf(Exception thrown) => _inner.ErrorOf(thrown);

        public void Dispose() => _inner.Dispose();
    }
}
