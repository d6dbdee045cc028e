using System.Threading;

namespace FrameBridge
{
    /// <summary>
    /// Three buffers between one writing and one reading thread: the writer fills one, the reader shows one, and the
    /// third is swapped atomically, so neither ever waits and the newest frame wins.
    /// </summary>
    internal sealed class FrameBuffers
    {
        private const int Fresh = 4;
        private readonly FrameBuffer[] _all;
        private int _writing;
        private int _shared = 1;
        private int _reading = 2;

        public FrameBuffers(int bytes)
        {
            _all = new[] { new FrameBuffer(bytes), new FrameBuffer(bytes), new FrameBuffer(bytes) };
        }

        /// <summary>The writer's buffer. Writing thread.</summary>
        public FrameBuffer Writing => _all[_writing];

        /// <summary>Hands the writer's buffer over and takes another. Writing thread.</summary>
        public void Publish() => _writing = Interlocked.Exchange(ref _shared, _writing | Fresh) & ~Fresh;

        /// <summary>Withdraws a frame that was handed over and not taken yet. Writing thread.</summary>
        public void Withdraw()
        {
            var shared = Volatile.Read(ref _shared);
            if ((shared & Fresh) != 0)
            {
                Interlocked.CompareExchange(ref _shared, shared & ~Fresh, shared); // fails when the reader has just taken it
            }
        }

        /// <summary>The newest frame, if not taken yet; valid until the next call that returns one. Reading thread.</summary>
        public bool TryTake(out FrameBuffer buffer)
        {
            if ((Volatile.Read(ref _shared) & Fresh) == 0)
            {
                buffer = null;
                return false;
            }

            var taken = Interlocked.Exchange(ref _shared, _reading);
            _reading = taken & ~Fresh;
            buffer = _all[_reading];
            return (taken & Fresh) != 0; // or withdrawn meanwhile
        }
    }
}
