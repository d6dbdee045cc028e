namespace FrameBridge
{
    /// <summary>
    /// Results between the receiving and the reading thread, in order, or only the newest answer. Results are reused: one
    /// is being assembled, one ends a request without an answer, two are being read, and the others wait or are free.
    /// </summary>
    internal sealed class ResultQueue
    {
        private const int InUse = 4; // besides those that wait
        private readonly object _gate = new object();
        private readonly InferenceResult[] _free;
        private readonly InferenceResult[] _waiting;
        private readonly bool _newestOnly;
        private InferenceResult _answer; // being read
        private InferenceResult _failure; // being read
        private int _freeCount;
        private int _first;
        private int _count;

        /// <summary>Makes a queue for at most <paramref name="most"/> waiting results.</summary>
        public ResultQueue(int most, bool newestOnly)
        {
            _waiting = new InferenceResult[most];
            _free = new InferenceResult[most + InUse];
            _newestOnly = newestOnly;
            for (; _freeCount < _free.Length; _freeCount++)
            {
                _free[_freeCount] = new InferenceResult();
            }
        }

        /// <summary>Results that wait to be taken.</summary>
        public int Count
        {
            get
            {
                lock (_gate)
                {
                    return _count;
                }
            }
        }

        /// <summary>A free result, to be filled and published. Receiving thread.</summary>
        public InferenceResult Next()
        {
            lock (_gate)
            {
                return _free[--_freeCount];
            }
        }

        /// <summary>
        /// Hands over a filled result; drops it if too many wait. With only the newest answer wanted, an answer replaces
        /// all that wait, and the reason for none replaces only another. Receiving thread.
        /// </summary>
        public void Publish(InferenceResult result)
        {
            lock (_gate)
            {
                while (_newestOnly && _count > 0 && (result.IsAnswered || !Last.IsAnswered))
                {
                    _free[_freeCount++] = Last;
                    _count--;
                }

                if (_count == _waiting.Length)
                {
                    _free[_freeCount++] = result;
                    return;
                }

                _count++;
                Last = result;
            }
        }

        /// <summary>
        /// The next result. An answer is valid until the next answer is taken, another result until the next such one.
        /// Reading thread.
        /// </summary>
        public bool TryTake(out InferenceResult result)
        {
            lock (_gate)
            {
                result = null;
                if (_count > 0)
                {
                    result = _waiting[_first];
                    _first = (_first + 1) % _waiting.Length;
                    _count--;
                    if (result.IsAnswered)
                    {
                        Replace(ref _answer, result);
                    }
                    else
                    {
                        Replace(ref _failure, result);
                    }
                }

                return result != null;
            }
        }

        private void Replace(ref InferenceResult read, InferenceResult by)
        {
            if (read != null)
            {
                _free[_freeCount++] = read;
            }

            read = by;
        }

        private InferenceResult Last
        {
            get => _waiting[(_first + _count - 1) % _waiting.Length];
            set => _waiting[(_first + _count - 1) % _waiting.Length] = value;
        }
    }
}
