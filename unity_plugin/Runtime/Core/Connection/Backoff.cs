using System;

namespace FrameBridge
{
    /// <summary>
    /// The pauses between attempts to connect: 0, 1, 2, 4 seconds and then the longest one, each shortened by up to a
    /// quarter so that the clients of a restarted server do not all return at once. One thread.
    /// </summary>
    internal sealed class Backoff
    {
        private readonly double _longest;
        private readonly Random _jitter;
        private int _tries;

        public Backoff(double longestSeconds, int seed)
        {
            _longest = longestSeconds;
            _jitter = new Random(seed);
        }

        /// <summary>An attempt succeeded: start over.</summary>
        public void Reset() => _tries = 0;

        /// <summary>Seconds to wait before the next attempt.</summary>
        public double Next()
        {
            var whole = _tries == 0 ? 0 : Math.Min(_longest, Math.Pow(2, _tries - 1));
            _tries = Math.Min(_tries + 1, 32);
            return whole * (1 - 0.25 * _jitter.NextDouble());
        }
    }
}
