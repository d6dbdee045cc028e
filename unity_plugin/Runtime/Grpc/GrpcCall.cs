using System;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;

namespace FrameBridge.Grpc
{
    /// <summary>One open stream. One thread writes and one reads.</summary>
    internal sealed class GrpcCall : IBridgeCall
    {
        private readonly AsyncDuplexStreamingCall<OutgoingMessage, IncomingMessage> _call;
        private readonly OutgoingMessage _outgoing = new OutgoingMessage();

        public GrpcCall(AsyncDuplexStreamingCall<OutgoingMessage, IncomingMessage> call)
        {
            _call = call;
        }

        /// <inheritdoc/>
        public Task WriteAsync(ReadOnlyMemory<byte> message)
        {
            _outgoing.Bytes = message;
            return _call.RequestStream.WriteAsync(_outgoing);
        }

        /// <inheritdoc/>
        public Task<bool> ReadAsync() => _call.ResponseStream.MoveNext(CancellationToken.None);

        /// <summary>Cancels the call.</summary>
        public void Dispose() => _call.Dispose();
    }
}
