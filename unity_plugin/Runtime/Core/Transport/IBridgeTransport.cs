using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The way to a server: gRPC, or a recording that is replayed. Disposing it ends every call at once. What its
    /// methods throw is turned into the bridge's own errors by <see cref="ErrorOf"/>. Any thread.
    /// </summary>
    public interface IBridgeTransport : IDisposable
    {
        /// <summary>Opens a session, or resumes one.</summary>
        Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation);

        /// <summary>Ends a session at once.</summary>
        Task EndSessionAsync(string sessionId, CancellationToken cancellation);

        /// <summary>Asks what a look may be made of.</summary>
        Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation);

        /// <summary>Asks which models the server knows, loaded or not.</summary>
        Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation);

        /// <summary>
        /// Tells which models the server knows and where each stands, at once and again whenever one changes, on a thread of
        /// the transport's, until it is cancelled. Fails when the server takes no watchers, or the connection is lost.
        /// </summary>
        Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation);

        /// <summary>Has a model loaded and warmed up; completes when it is ready.</summary>
        Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation);

        /// <summary>Asks for a sign of life; returns the server's part of the time, in microseconds.</summary>
        Task<long> PingAsync(CancellationToken cancellation);

        /// <summary>Opens a stream whose messages go to <paramref name="reader"/>. Cancelling ends it.</summary>
        IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation);

        /// <summary>
        /// What an exception of this transport or of its calls means; <see cref="BridgeException.IsLost"/> says whether
        /// another connection may help. Not done at each read, since that would make garbage for every message.
        /// </summary>
        BridgeException ErrorOf(Exception thrown);
    }
}
