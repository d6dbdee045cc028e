using System;
using System.Buffers;

namespace FrameBridge
{
    /// <summary>
    /// A received message as contiguous memory. Grpc.Net.Client returns messages in one piece, so this is a view;
    /// several pieces are joined in a reused buffer, never larger than the largest message accepted.
    /// </summary>
    internal sealed class MessageBytes
    {
        private readonly int _maxBytes;
        private byte[] _joined = Array.Empty<byte>();

        public MessageBytes(int maxBytes)
        {
            _maxBytes = maxBytes;
        }

        /// <summary>The message, valid until the next call; false when over the limit.</summary>
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
