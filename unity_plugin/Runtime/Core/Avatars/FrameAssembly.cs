using System;

namespace FrameBridge
{
    /// <summary>
    /// Assembles the chunks of one slot's frames in the writer's buffer. Bounds are checked before anything is copied;
    /// a chunk out of sequence drops its frame. One thread.
    /// </summary>
    internal sealed class FrameAssembly
    {
        private readonly int _maxBytes;
        private long _index;
        private int _total;
        private int _filled;

        public FrameAssembly(int maxBytes)
        {
            _maxBytes = maxBytes;
        }

        /// <summary>Drops an incomplete frame.</summary>
        public void Reset() => _total = _filled = 0;

        /// <summary>Adds a chunk. <see cref="ChunkResult.Complete"/> means that the buffer holds the complete frame.</summary>
        public ChunkResult Add(in FrameHeader header, ReadOnlySpan<byte> payload, FrameBuffer buffer)
        {
            if (header.ChunkOffset == 0 && !Begin(header, buffer))
            {
                return ChunkResult.Wrong;
            }

            if (!Follows(header) || payload.Length == 0 || payload.Length > _total - _filled)
            {
                Reset();
                return ChunkResult.Wrong;
            }

            payload.CopyTo(new Span<byte>(buffer.Bytes, _filled, payload.Length));
            _filled += payload.Length;
            if (_filled < _total)
            {
                return ChunkResult.More;
            }

            Reset();
            return ChunkResult.Complete;
        }

        private bool Begin(in FrameHeader header, FrameBuffer buffer)
        {
            Reset();
            if (header.TotalBytes <= 0 || header.TotalBytes > _maxBytes)
            {
                return false;
            }

            if (buffer.Bytes.Length < header.TotalBytes)
            {
                buffer.Bytes = new byte[Math.Min(_maxBytes, Math.Max(header.TotalBytes, 2L * buffer.Bytes.Length))];
            }

            _index = header.FrameIndex;
            _total = header.TotalBytes;
            return true;
        }

        private bool Follows(in FrameHeader header) =>
            _total > 0 && header.FrameIndex == _index && header.TotalBytes == _total && header.ChunkOffset == _filled;
    }
}
