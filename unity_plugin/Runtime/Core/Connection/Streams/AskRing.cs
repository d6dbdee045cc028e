namespace FrameBridge
{
    /// <summary>
    /// When the latest requests of a slot were sent, and what they were worth. A newer request takes the place of one so
    /// old that its answer would be of no use. One thread at a time.
    /// </summary>
    internal sealed class AskRing
    {
        private const int Places = 64;
        private readonly long[] _indices = new long[Places];
        private readonly double[] _sent = new double[Places];
        private readonly double[] _budgets = new double[Places];
        private int _next;

        /// <summary>Notes a request that is sent now.</summary>
        public void Add(long index, double now, double budgetSeconds)
        {
            _indices[_next] = index;
            _sent[_next] = now;
            _budgets[_next] = budgetSeconds;
            _next = (_next + 1) % Places;
        }

        /// <summary>A request whose answer is here; false for one that is not known (any more).</summary>
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

        /// <summary>Forgets all: no answer will come.</summary>
        public void Clear()
        {
            System.Array.Clear(_indices, 0, Places);
        }
    }
}
