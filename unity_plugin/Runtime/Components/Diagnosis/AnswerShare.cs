namespace FrameBridge
{
    /// <summary>
    /// Whether hardly any answer is on time: less than one in eight of at least sixteen, over the last 0.75 to 1.5
    /// seconds. A plain value.
    /// </summary>
    internal struct AnswerShare
    {
        private const double HalfSeconds = 0.75;
        private const int Least = 16;
        private const int OneIn = 8;

        private double _since;
        private double _halfSince;
        private int _good;
        private int _all;
        private int _goodBefore;
        private int _allBefore;

        /// <summary>Starts over.</summary>
        internal void Restart(double now)
        {
            this = default;
            _since = now;
            _halfSince = now;
        }

        internal void Count(double now, bool isGood)
        {
            Roll(now);
            _all++;
            _good += isGood ? 1 : 0;
        }

        internal bool IsTooSmall(double now)
        {
            Roll(now);
            int all = _all + _allBefore;
            return now - _since >= HalfSeconds && all >= Least && (_good + _goodBefore) * OneIn < all;
        }

        private void Roll(double now)
        {
            double age = now - _halfSince;
            if (age < HalfSeconds)
            {
                return;
            }

            bool isFresh = age < 2 * HalfSeconds;
            _allBefore = isFresh ? _all : 0;
            _goodBefore = isFresh ? _good : 0;
            _all = 0;
            _good = 0;
            _halfSince = now;
        }
    }
}
