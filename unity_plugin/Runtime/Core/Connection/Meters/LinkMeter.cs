using System;

namespace FrameBridge
{
    /// <summary>
    /// The round trip to the server, less the server's part, over recent answers and refusals: the 70th percentile and
    /// not the minimum, since answers that leave together arrive one after the other. One thread writes; any may read.
    /// </summary>
    internal sealed class LinkMeter
    {
        private const int Recent = 32;
        private const double Most = 0.7;
        private readonly double[] _ways = new double[Recent];
        private readonly double[] _sorted = new double[Recent];
        private readonly object _gate = new object();
        private int _count;
        private long _measured;
        private double _newest;
        private int _next;
        private double _seconds;
        private double _least;

        /// <summary>The 70th percentile of round trips in seconds; 0 until measured.</summary>
        public double Seconds
        {
            get
            {
                lock (_gate)
                {
                    return _seconds;
                }
            }
        }

        /// <summary>The shortest round trip in seconds.</summary>
        public double Least
        {
            get
            {
                lock (_gate)
                {
                    return _least;
                }
            }
        }

        /// <summary>The newest round trip; false if the caller, who keeps the count, has read them all.</summary>
        public bool TryReadNewest(ref long count, out double seconds)
        {
            lock (_gate)
            {
                var isNew = count != _measured;
                count = _measured;
                seconds = _newest;
                return isNew;
            }
        }

        /// <summary>Adds an answer's time since its request, and the server's part of it.</summary>
        public void Measure(double roundTrip, double server)
        {
            lock (_gate)
            {
                _newest = _ways[_next] = Math.Max(0, roundTrip - server);
                _measured++;
                _next = (_next + 1) % Recent;
                _count = Math.Min(_count + 1, Recent);
                Array.Copy(_ways, _sorted, _count);
                Array.Sort(_sorted, 0, _count);
                _seconds = _sorted[(int)(Most * _count)];
                _least = _sorted[0];
            }
        }
    }
}
