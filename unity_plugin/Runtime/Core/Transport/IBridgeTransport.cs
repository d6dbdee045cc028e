using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The way to a server: gRPC, or a recording that is replayed. Disposing it ends every call at once. Its methods fail
    /// with <see cref="BridgeException"/> whose <see cref="BridgeException.IsLost"/> says whether trying again may help.
    /// </summary>
    public interface IBridgeTransport : IDisposable
    {
        /// <summary>Opens a session, or resumes one.</summary>
        Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation);

        /// <summary>Ends a session at once.</summary>
        Task EndSessionAsync(string sessionId, CancellationToken cancellation);

        /// <summary>Asks what a look may be made of.</summary>
        Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation);

        /// <summary>Asks for a sign of life; returns the server's part of the time, in microseconds.</summary>
        Task<long> PingAsync(CancellationToken cancellation);

        /// <summary>Opens a stream whose messages go to <paramref name="reader"/>. Cancelling ends it.</summary>
        IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation);
    }
}
