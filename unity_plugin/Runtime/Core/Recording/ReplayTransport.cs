using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// Plays a recording through the readers that a live connection uses, at its own pace or faster, so that samples run
    /// without a server. Use it as <see cref="BridgeOptions.Transport"/>.
    /// </summary>
    public sealed class ReplayTransport : IBridgeTransport
    {
        /// <summary>
        /// Reads a recording whole. <paramref name="speed"/> 1 plays at the recorded pace, 2 twice as fast;
        /// <paramref name="loop"/> begins anew at the end. Throws <see cref="InvalidDataException"/> for a file that is no
        /// recording or is damaged.
        /// </summary>
        public ReplayTransport(Stream recording, double speed = 1, bool loop = false)
        {
            throw new NotImplementedException();
        }

        /// <inheritdoc/>
        public Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation) => throw new NotImplementedException();

        /// <inheritdoc/>
        public Task EndSessionAsync(string sessionId, CancellationToken cancellation) => throw new NotImplementedException();

        /// <inheritdoc/>
        public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation) => throw new NotImplementedException();

        /// <inheritdoc/>
        public Task<long> PingAsync(CancellationToken cancellation) => throw new NotImplementedException();

        /// <inheritdoc/>
        public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation) => throw new NotImplementedException();

        /// <summary>Ends every call.</summary>
        public void Dispose()
        {
        }
    }
}
