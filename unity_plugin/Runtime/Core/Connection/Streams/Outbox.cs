using System.Threading;

namespace FrameBridge
{
    /// <summary>
    /// The queue of a stream's sending thread, in pooled writers. Bounded, as whatever waits here grows stale: it is
    /// full when all small writers are queued. Any thread.
    /// </summary>
    internal sealed class Outbox
    {
        public const int MaxMessages = 256;
        private const int SmallBytes = 256;
        private const int Places = 2 * MaxMessages; // cameras post writers of their own pools

        private readonly object _gate = new object();
        private readonly WireWriter[] _waiting = new WireWriter[Places];
        private readonly WriterPool _small;
        private readonly AutoResetEvent _filled = new AutoResetEvent(false);
        private int _first;
        private int _count;
        private bool _open;

        public Outbox(int maxMessageBytes)
        {
            _small = new WriterPool(MaxMessages, SmallBytes, maxMessageBytes);
        }

        /// <summary>Set when a message is queued or the outbox closes.</summary>
        public AutoResetEvent Filled => _filled;

        /// <summary>Whether messages can be posted.</summary>
        public bool IsOpen
        {
            get
            {
                lock (_gate)
                {
                    return _open;
                }
            }
        }

        /// <summary>An empty writer for a small message; null when the stream is not open or the link is backed up.</summary>
        public WireWriter Take() => IsOpen ? _small.Take() : null;

        /// <summary>
        /// Queues the writer's message. The writer returns to its pool once sent, or at once if the outbox is closed or
        /// full.
        /// </summary>
        public bool Post(WireWriter writer)
        {
            lock (_gate)
            {
                if (_open && _count < Places)
                {
                    _waiting[(_first + _count) % Places] = writer;
                    _count++;
                    _filled.Set();
                    return true;
                }
            }

            writer.Pool.Return(writer);
            return false;
        }

        /// <summary>The oldest message, or null.</summary>
        public WireWriter TryNext()
        {
            lock (_gate)
            {
                if (_count == 0)
                {
                    return null;
                }

                var writer = _waiting[_first];
                _waiting[_first] = null;
                _first = (_first + 1) % Places;
                _count--;
                return writer;
            }
        }

        /// <summary>The stream is open: messages can be posted.</summary>
        public void Open()
        {
            lock (_gate)
            {
                _open = true;
            }
        }

        /// <summary>The stream is lost: drops all queued messages.</summary>
        public void Close()
        {
            lock (_gate)
            {
                _open = false;
            }

            for (var writer = TryNext(); writer != null; writer = TryNext())
            {
                writer.Pool.Return(writer);
            }

            _filled.Set();
        }
    }
}
