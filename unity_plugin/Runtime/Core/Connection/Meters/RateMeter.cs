using System;

namespace FrameBridge
{
    /// <summary>
    /// How fast bulk bytes come down: the upper quartile of what recent large frames showed. Of a frame in chunks, what
    /// came after the first chunk is timed from there. Of one in a single message, all of it is timed by what its way took
    /// longer than an empty one. One thread.
    /// </summary>
    internal sealed class RateMeter
    {
        private const int Recent = 16;
        private const double Quantile = 0.75;
        private const int LargeBytes = 64 * 1024; // below, the time is the link's, not the bytes'
        private const double ShortestSeconds = 20e-6; // below, the clock tells nothing
        private readonly double[] _rates = new double[Recent];
        private readonly double[] _sorted = new double[Recent];
        private int _count;
        private int _next;

        /// <summary>As the contract wants it; 0 when not known yet.</summary>
        public long BytesPerSecond { get; private set; }

        /// <summary>What the link takes for this many bytes, in seconds, as far as is known.</summary>
        public double Seconds(int bytes) => BytesPerSecond > 0 ? bytes / (double)BytesPerSecond : 0;

        /// <summary>So many bytes came in so many seconds.</summary>
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

        /// <summary>A frame in one message took so much longer than an empty answer.</summary>
        public void NoteWhole(int bytes, double seconds)
        {
            if (bytes >= LargeBytes)
            {
                Note(bytes, seconds);
            }
        }

        /// <summary>A frame was refused, perhaps for the link's sake: believe less, until it is measured anew.</summary>
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
