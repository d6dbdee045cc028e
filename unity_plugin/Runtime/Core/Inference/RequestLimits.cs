using System;

namespace FrameBridge
{
    /// <summary>The limits of a request's tensors: the server's, and those of this client's memory.</summary>
    internal readonly struct RequestLimits
    {
        /// <summary>Bytes of tensors in one message to a server that does not say how many it takes.</summary>
        public const int UnknownPartBytes = 512 * 1024;

        /// <summary>Bytes of tensors in one message at most: buffers of that size are kept.</summary>
        public const int MostPartBytes = 4 * 1024 * 1024;

        /// <summary>Messages of one request at most.</summary>
        public const int MostParts = 64;

        /// <summary>Bytes of a message's other fields, at most. The server has the same limit.</summary>
        public const int FieldsBytes = 64 * 1024;

        private const int MostBytes = ResultAssembly.MaxBytes; // of a request, as of a result
        private readonly int _tensorBytes; // the server's limit; 0 if it does not say

        /// <summary>Takes a server's limits; null before the first handshake.</summary>
        public RequestLimits(BridgeLimits server)
        {
            var part = server != null && server.MaxInferMessageBytes > 0 ? server.MaxInferMessageBytes : UnknownPartBytes;
            var message = server != null && server.MaxMessageBytes > 0 ? server.MaxMessageBytes - FieldsBytes : MostPartBytes;
            PartBytes = Math.Max(1, Math.Min(Math.Min(part, message), MostPartBytes));
            MaxOpen = server != null && server.MaxOpenInferences > 0 ? server.MaxOpenInferences : int.MaxValue;
            _tensorBytes = server?.MaxTensorBytes ?? 0;
        }

        /// <summary>Bytes of tensors in one message.</summary>
        public int PartBytes { get; }

        /// <summary>Requests of a stream that are not answered yet.</summary>
        public int MaxOpen { get; }

        /// <summary>Throws <see cref="BridgeException"/> for tensors that are too large.</summary>
        public void Check(long bytes)
        {
            if (_tensorBytes > 0 && bytes > _tensorBytes)
            {
                throw new BridgeException(
                    ErrorReason.TooLarge, $"the inputs have {bytes} bytes; send at most {_tensorBytes}, the server's limit (max_tensor_bytes)");
            }

            var most = Math.Min(MostBytes, (long)MostParts * PartBytes);
            if (bytes > most)
            {
                throw new BridgeException(
                    ErrorReason.TooLarge, $"the inputs have {bytes} bytes; send at most {most}, in up to {MostParts} messages of {PartBytes} bytes");
            }
        }
    }
}
