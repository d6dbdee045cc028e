using System;

namespace FrameBridge
{
    /// <summary>
    /// Ranges of the upload memory that open requests use, each freed by its request's index: first fit, at most 64.
    /// Under its owner's lock.
    /// </summary>
    internal sealed class UploadRanges
    {
        public const int MaxRanges = 64;
        private const int Alignment = 64; // a cache line
        private readonly long[] _indices = new long[MaxRanges]; // in the order of their starts
        private readonly long[] _starts = new long[MaxRanges];
        private readonly long[] _ends = new long[MaxRanges];
        private readonly long _begin;
        private readonly long _end;

        /// <summary>Makes the ranges of the bytes from <paramref name="begin"/> to before <paramref name="end"/>.</summary>
        public UploadRanges(long begin, long end)
        {
            _begin = Aligned(begin);
            _end = end;
        }

        /// <summary>Ranges in use.</summary>
        public int Count { get; private set; }

        /// <summary>Takes the first free range of this size for a request; -1 if there is none.</summary>
        public long Take(long requestIndex, long bytes)
        {
            if (Count == MaxRanges)
            {
                return -1;
            }

            var start = _begin;
            var at = 0;
            while (at < Count && _starts[at] - start < bytes)
            {
                start = Aligned(_ends[at++]);
            }

            if (_end - start < bytes)
            {
                return -1;
            }

            Insert(at, requestIndex, start, start + bytes);
            return start;
        }

        /// <summary>Frees a request's range, if it has one.</summary>
        public void Free(long requestIndex)
        {
            var at = Array.IndexOf(_indices, requestIndex, 0, Count);
            if (at >= 0)
            {
                Count--;
                Array.Copy(_indices, at + 1, _indices, at, Count - at);
                Array.Copy(_starts, at + 1, _starts, at, Count - at);
                Array.Copy(_ends, at + 1, _ends, at, Count - at);
            }
        }

        private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

        private void Insert(int at, long requestIndex, long start, long end)
        {
            Array.Copy(_indices, at, _indices, at + 1, Count - at);
            Array.Copy(_starts, at, _starts, at + 1, Count - at);
            Array.Copy(_ends, at, _ends, at + 1, Count - at);
            (_indices[at], _starts[at], _ends[at]) = (requestIndex, start, end);
            Count++;
        }
    }
}
