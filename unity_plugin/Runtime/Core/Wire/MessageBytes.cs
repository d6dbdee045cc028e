using System;
using System.Buffers;

namespace FrameBridge
{
    /// <summary>
    /// One piece of memory for a received message. Grpc.Net.Client gives messages in one piece, so this is a view; one in
    /// several pieces is joined in a buffer that is used again and never larger than the largest message accepted.
    /// </summary>
    internal sealed class MessageBytes
    {
        private readonly int _maxBytes;
        private byte[] _joined = Array.Empty<byte>();

        public MessageBytes(int maxBytes)
        {
            _maxBytes = maxBytes;
        }

        /// <summary>The message, until the next call; false when it is over the limit.</summary>
        public bool TryGet(in ReadOnlySequence<byte> message, out ReadOnlySpan<byte> bytes)
        {
            bytes = default;
            if (message.Length > _maxBytes)
            {
                return false;
            }

            if (message.IsSingleSegment)
            {
                bytes = message.First.Span;
                return true;
            }

            bytes = Join(message);
            return true;
        }

        private ReadOnlySpan<byte> Join(in ReadOnlySequence<byte> message)
        {
            var size = (int)message.Length;
            if (_joined.Length < size)
            {
                _joined = new byte[Math.Min(_maxBytes, Math.Max(size, 2 * _joined.Length))];
            }

            message.CopyTo(_joined);
            return new ReadOnlySpan<byte>(_joined, 0, size);
        }
    }
}
