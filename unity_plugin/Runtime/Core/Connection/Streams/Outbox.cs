using System.Threading;

namespace FrameBridge
{
    /// <summary>
    /// The queue of a stream's sending thread, in pooled writers. Bounded, as whatever waits here grows stale: it is
    /// full when all small writers are queued. Where the server takes bundles, messages posted during the game's update,
    /// or while a received bundle is read, are released together at its end; at any other time each is released at once.
    /// The sending thread takes all that are released. Any thread.
    /// </summary>
    internal sealed class Outbox
    {
        public const int MaxMessages = 256;
        private const int SmallBytes = 256;
        private const int Places = 2 * MaxMessages; // cameras post writers of their own pools

        private readonly object _gate = new object();
        private readonly WireWriter[] _waiting = new WireWriter[Places];
        private readonly WriterPool _small;
        private readonly GameUpdate _update;
        private readonly AutoResetEvent _filled = new AutoResetEvent(false);
        private int _first;
        private int _count;
        private int _due; // of these, to release when nothing is held
        private int _released; // of those, free to go
        private bool _open;
        private bool _bundles;
        private bool _isReading;

        public Outbox(int maxMessageBytes, GameUpdate update)
        {
            _small = new WriterPool(MaxMessages, SmallBytes, maxMessageBytes);
            _update = update;
        }

        /// <summary>Set when messages are released or the outbox closes.</summary>
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

        /// <summary>Whether released messages are joined. Under the gate.</summary>
        private bool IsHeld => _bundles && (_isReading || _update.IsRunning);

        /// <summary>An empty writer for a small message; null when the stream is not open or the link is backed up.</summary>
        public WireWriter Take() => IsOpen ? _small.Take() : null;

        /// <summary>
        /// Queues the writer's message. The writer returns to its pool once sent, or at once if the outbox is closed or
        /// full. With <paramref name="rides"/> the message waits for the end of the next update, or for another message.
        /// </summary>
        public bool Post(WireWriter writer, bool rides = false)
        {
            lock (_gate)
            {
                if (_open && _count < Places)
                {
                    _waiting[(_first + _count) % Places] = writer;
                    _count++;
                    NoteDue(writer, rides);
                    return true;
                }
            }

            writer.Pool.Return(writer);
            return false;
        }

        /// <summary>Moves the oldest released messages into an empty bundle, as many as fit; false if there are none.</summary>
        public bool TryTake(OutgoingBundle into)
        {
            lock (_gate)
            {
                while (_released > 0 && (_bundles || into.Count == 0) && into.TryAdd(_waiting[_first]))
                {
                    Forget();
                }
            }

            return into.Count > 0;
        }

        /// <summary>Releases all messages: the game's update is over.</summary>
        public void Flush()
        {
            lock (_gate)
            {
                _due = _count;
                Release();
            }
        }

        /// <summary>A received bundle is being read: answers to its parts go together.</summary>
        public void BeginReading()
        {
            lock (_gate)
            {
                _isReading = true;
            }
        }

        /// <summary>The bundle is read.</summary>
        public void EndReading()
        {
            lock (_gate)
            {
                _isReading = false;
                if (!IsHeld)
                {
                    Release();
                }
            }
        }

        /// <summary>The server's choice for the next time the stream is open.</summary>
        public void Use(bool bundles)
        {
            lock (_gate)
            {
                _bundles = bundles;
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
                while (_count > 0)
                {
                    var writer = _waiting[_first];
                    Forget();
                    writer.Pool.Return(writer);
                }
            }

            _filled.Set();
        }

        private void NoteDue(WireWriter writer, bool rides)
        {
            var isFull = _count - _released >= BundleReader.MostParts;
            var goesAlone = !_bundles || isFull || !OutgoingBundle.IsSmall(writer); // waiting would gain nothing
            _due = rides && !goesAlone ? _due : _count;
            if (goesAlone || !IsHeld)
            {
                Release();
            }
        }

        private void Release()
        {
            if (_due > _released)
            {
                _released = _due;
                _filled.Set();
            }
        }

        /// <summary>Drops the oldest place.</summary>
        private void Forget()
        {
            _waiting[_first] = null;
            _first = (_first + 1) % Places;
            _count--;
            _due = _due > 0 ? _due - 1 : 0;
            _released = _released > 0 ? _released - 1 : 0;
        }
    }
}
