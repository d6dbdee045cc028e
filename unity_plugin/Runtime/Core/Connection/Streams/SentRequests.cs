namespace FrameBridge
{
    /// <summary>
    /// Send times and budgets of a slot's latest requests. A new request overwrites the oldest, whose answer would be
    /// useless by now. One thread at a time.
    /// </summary>
    internal sealed class SentRequests
    {
        private const int Places = 64;
        private readonly long[] _indices = new long[Places];
        private readonly double[] _sent = new double[Places];
        private readonly double[] _budgets = new double[Places];
        private int _next;

        /// <summary>Adds a request.</summary>
        public void Add(long index, double now, double budgetSeconds)
        {
            _indices[_next] = index;
            _sent[_next] = now;
            _budgets[_next] = budgetSeconds;
            _next = (_next + 1) % Places;
        }

        /// <summary>Takes an answered request out; false if it is not, or no longer, known.</summary>
        public bool TryTake(long index, out double sent, out double budgetSeconds)
        {
            for (var i = 0; i < Places && index > 0; i++)
            {
                if (_indices[i] == index)
                {
                    _indices[i] = 0;
                    sent = _sent[i];
                    budgetSeconds = _budgets[i];
                    return true;
                }
            }

            sent = budgetSeconds = 0;
            return false;
        }

        /// <summary>Removes all: no answers will come.</summary>
        public void Clear()
        {
            System.Array.Clear(_indices, 0, Places);
        }
    }
}
