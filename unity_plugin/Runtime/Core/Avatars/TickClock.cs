using System;

namespace FrameBridge
{
    /// <summary>
    /// When a subscription's ticks were. They are evenly spaced, so each frame gives an estimate of the first one; the
    /// earliest estimate of the last second is right. A gap of more than a second restarts the estimate; a shorter one
    /// does not, or frames that are late after a stall would pass for punctual. One thread; time is an argument.
    /// </summary>
    internal sealed class TickClock
    {
        private const int MaxRate = 120;
        private const double ShortestGap = 1; // seconds
        private readonly double[] _starts = new double[MaxRate];
        private double _rate;
        private int _count;
        private int _next;
        private double _last;

        /// <summary>Restarts with this tick rate.</summary>
        public void Begin(double rate)
        {
            _rate = Math.Max(1, Math.Min(MaxRate, rate));
            _count = _next = 0;
            _last = 0;
        }

        /// <summary>
        /// Seconds from the frame's tick to now: the server's part, the link, and this frame's delay over others.
        /// </summary>
        public double Elapsed(long frameIndex, double server, double now, double link)
        {
            if (now - _last > Math.Max(ShortestGap, 2.5 / _rate))
            {
                _count = _next = 0;
            }

            _last = now;
            var window = Math.Max(1, (int)_rate);
            var start = now - server - (frameIndex / _rate);
            _starts[_next] = start;
            _next = (_next + 1) % window;
            _count = Math.Min(_count + 1, window);
            var earliest = start;
            for (var i = 0; i < _count; i++)
            {
                earliest = Math.Min(earliest, _starts[i]);
            }

            return server + link + start - earliest;
        }
    }
}
