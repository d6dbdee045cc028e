namespace FrameBridge
{
    /// <summary>A fixed number of writers, each returned once its message is sent. Any thread.</summary>
    internal sealed class WriterPool
    {
        private readonly object _gate = new object();
        private readonly WireWriter[] _free;
        private int _count;

        public WriterPool(int size, int initialBytes, int maxBytes)
        {
            _free = new WireWriter[size];
            for (; _count < size; _count++)
            {
                _free[_count] = new WireWriter(initialBytes, maxBytes, this);
            }
        }

        /// <summary>The number of free writers.</summary>
        public int FreeCount
        {
            get
            {
                lock (_gate)
                {
                    return _count;
                }
            }
        }

        /// <summary>A free writer, emptied; null when all are busy.</summary>
        public WireWriter Take()
        {
            lock (_gate)
            {
                if (_count == 0)
                {
                    return null;
                }

                var writer = _free[--_count];
                writer.Reset();
                return writer;
            }
        }

        /// <summary>Returns a writer. Call it exactly once per writer taken.</summary>
        public void Return(WireWriter writer)
        {
            lock (_gate)
            {
                _free[_count++] = writer;
            }
        }
    }
}
