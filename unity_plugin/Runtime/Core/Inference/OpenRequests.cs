namespace FrameBridge
{
    /// <summary>Send times and budgets of a slot's unanswered requests, at most as many as it was made for. Under the gate.</summary>
    internal sealed class OpenRequests
    {
        private readonly long[] _indices;
        private readonly double[] _sent;
        private readonly double[] _budgets;

        public OpenRequests(int most)
        {
            _indices = new long[most];
            _sent = new double[most];
            _budgets = new double[most];
        }

        /// <summary>Requests that are not answered yet.</summary>
        public int Count { get; private set; }

        /// <summary>Adds a request; false if there are as many as possible.</summary>
        public bool TryAdd(long index, double now, double budgetSeconds)
        {
            if (Count == _indices.Length)
            {
                return false;
            }

            (_indices[Count], _sent[Count], _budgets[Count]) = (index, now, budgetSeconds);
            Count++;
            return true;
        }

        /// <summary>Whether a request is unanswered.</summary>
        public bool Has(long index) => System.Array.IndexOf(_indices, index, 0, Count) >= 0;

        /// <summary>Takes an answered request out; false if it is not known.</summary>
        public bool TryTake(long index, out double sent, out double budgetSeconds)
        {
            sent = budgetSeconds = 0;
            var at = System.Array.IndexOf(_indices, index, 0, Count);
            if (at < 0)
            {
                return false;
            }

            (sent, budgetSeconds) = (_sent[at], _budgets[at]);
            Count--;
            for (; at < Count; at++)
            {
                (_indices[at], _sent[at], _budgets[at]) = (_indices[at + 1], _sent[at + 1], _budgets[at + 1]);
            }

            return true;
        }

        /// <summary>The oldest request; 0 if there is none.</summary>
        public long Oldest => Count == 0 ? 0 : _indices[0];
    }
}
