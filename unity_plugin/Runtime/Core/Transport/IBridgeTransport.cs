using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The transport to a server: gRPC, or a replayed recording. Disposing it ends every call at once.
    /// <see cref="ErrorOf"/> turns its exceptions into the bridge's own. Any thread.
    /// </summary>
    public interface IBridgeTransport : IDisposable
    {
        /// <summary>Opens a session, or resumes one.</summary>
        Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation);

        /// <summary>Ends a session at once.</summary>
        Task EndSessionAsync(string sessionId, CancellationToken cancellation);

        /// <summary>Asks for the attributes and expressions of a look.</summary>
        Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation);

        /// <summary>Asks for the server's models, loaded or not.</summary>
        Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation);

        /// <summary>
        /// Reports the server's models and their states, at once and on every change, on a thread of the transport,
        /// until cancelled. Fails when the server does not support it, or the connection is lost.
        /// </summary>
        Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation);

        /// <summary>Has a model loaded and warmed up; completes when it is ready.</summary>
        Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation);

        /// <summary>Pings the server; returns its part of the time, in microseconds.</summary>
        Task<long> PingAsync(CancellationToken cancellation);

        /// <summary>Opens a stream whose messages go to <paramref name="reader"/>. Cancelling ends it.</summary>
        IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation);

        /// <summary>
        /// Turns an exception of this transport or its calls into the bridge's own;
        /// <see cref="BridgeException.IsLost"/> says whether reconnecting may help. Not done at each read, as that
        /// would allocate for every message.
        /// </summary>
        BridgeException ErrorOf(Exception thrown);
    }
}
