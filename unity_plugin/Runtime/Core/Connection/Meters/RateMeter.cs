using System;

namespace FrameBridge
{
    /// <summary>
    /// The download rate of bulk bytes: the upper quartile over recent large frames. A frame in chunks is timed from
    /// its first chunk on; one in a single message by its delay over an empty message. One thread.
    /// </summary>
    internal sealed class RateMeter
    {
        private const int Recent = 16;
        private const double Quantile = 0.75;
        private const int LargeBytes = 64 * 1024; // below, latency dominates
        private const double ShortestSeconds = 20e-6; // below, the clock is too coarse
        private readonly double[] _rates = new double[Recent];
        private readonly double[] _sorted = new double[Recent];
        private int _count;
        private int _next;

        /// <summary>The rate in the contract's unit; 0 until measured.</summary>
        public long BytesPerSecond { get; private set; }

        /// <summary>Seconds to transfer this many bytes, as far as known.</summary>
        public double Seconds(int bytes) => BytesPerSecond > 0 ? bytes / (double)BytesPerSecond : 0;

        /// <summary>Adds a transfer.</summary>
        public void Note(long bytes, double seconds)
        {
            if (seconds >= ShortestSeconds)
            {
                _rates[_next] = bytes / seconds;
                _next = (_next + 1) % Recent;
                _count = Math.Min(_count + 1, Recent);
                Reckon();
            }
        }

        /// <summary>Adds a frame in one message, by its delay over an empty answer.</summary>
        public void NoteWhole(int bytes, double seconds)
        {
            if (bytes >= LargeBytes)
            {
                Note(bytes, seconds);
            }
        }

        /// <summary>A frame was refused, perhaps because of the link: trust the rate less until it is measured again.</summary>
        public void Relax()
        {
            if (_count > 0)
            {
                _count--;
                var oldest = (_next + Recent - _count - 1) % Recent;
                _rates[oldest] = 0;
                Reckon();
            }
        }

        private void Reckon()
        {
            for (var i = 0; i < _count; i++)
            {
                _sorted[i] = _rates[(_next + Recent - 1 - i) % Recent];
            }

            Array.Sort(_sorted, 0, _count);
            BytesPerSecond = _count == 0 ? 0 : (long)_sorted[(int)(Quantile * (_count - 1))];
        }
    }
}
