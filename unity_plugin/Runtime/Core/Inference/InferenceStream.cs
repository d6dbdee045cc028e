using System;

namespace FrameBridge
{
    /// <summary>
    /// Requests to the models that a server's operator has brought, on one stream: named tensors up, named tensors down.
    /// On the server's own host tensors go up through shared memory. All members may be called on any thread; none
    /// blocks.
    /// </summary>
    public sealed class InferenceStream : IStreamOwner
    {
        /// <summary>Messages that wait to be sent, at most.</summary>
        internal const int Messages = 2 * RequestLimits.MostParts; // fewer than places in the outbox: whole requests find room

        private const int InitialBytes = 512;
        private readonly Connection _connection;
        private readonly StreamLoop _loop;
        private readonly InferenceMessage _message = new InferenceMessage();
        private readonly SlotTable<InferenceSlot> _slots = new SlotTable<InferenceSlot>();
        private readonly WriterPool _messages = new WriterPool(Messages, InitialBytes, RequestLimits.MostPartBytes + RequestLimits.FieldsBytes);
        private volatile UploadMemory _upload;

        internal InferenceStream(Connection connection, BridgeOptions options, CapabilityStatistics statistics)
        {
            _connection = connection;
            Statistics = statistics;
            _loop = new StreamLoop(connection, BridgeStream.Inference, this, statistics, options);
        }

        /// <summary>Whether requests can be sent. False while the stream opens or reconnects.</summary>
        public bool IsOpen => _loop.Outbox.IsOpen;

        /// <summary>Whether tensors go up through memory that this process shares with the server.</summary>
        public bool UsesUploadMemory => _upload != null;

        internal object Gate { get; } = new object();

        internal Outbox Outbox => _loop.Outbox;

        internal LinkMeter Link { get; } = new LinkMeter();

        internal RateMeter Rate { get; } = new RateMeter();

        internal CapabilityStatistics Statistics { get; }

        /// <summary>The limits of the server that it is connected to.</summary>
        internal RequestLimits Limits => new RequestLimits(_connection.Limits);

        /// <summary>Whether one more request may be open: the server refuses those above its limit.</summary>
        internal bool HasRoom
        {
            get
            {
                var open = 0;
                lock (Gate)
                {
                    for (var number = 0; number < _slots.Size; number++)
                    {
                        open += _slots[number]?.OpenCount ?? 0;
                    }
                }

                return open < Limits.MaxOpen;
            }
        }

        internal int FreeMessages => _messages.FreeCount;

        internal UploadMemory Upload => _upload;

        /// <summary>
        /// Takes a free slot. With <paramref name="latestOnly"/> a newer request replaces an older one that has not
        /// started, as for pictures of a camera; without, each request ends in one result. Throws
        /// <see cref="BridgeException"/> when the server's slots are used up or the client is closed.
        /// </summary>
        public InferenceSlot OpenSlot(bool latestOnly = true)
        {
            InferenceSlot slot;
            lock (Gate)
            {
                slot = new InferenceSlot(this, _slots.FreeNumber(_connection, "inference"), latestOnly);
                _slots.Add(slot.Number, slot);
            }

            _loop.Start();
            return slot;
        }

        internal long NextIndex() => _connection.NextIndex(0);

        /// <summary>A model's default budget in seconds; 0 if not known.</summary>
        internal double DefaultBudgetOf(string model) =>
            (BridgeModel.Find(_connection.Answer?.Models, model)?.DefaultBudgetMicros ?? 0) / 1e6;

        internal WireWriter TakeMessage() => _messages.Take();

        internal Budget BudgetOf(double seconds, LadderPolicy ladder)
        {
            lock (Gate)
            {
                return new Budget
                {
                    BudgetMicros = Clock.Micros(seconds),
                    LinkMicros = Clock.Micros(Link.Seconds),
                    LinkBytesPerSecond = Rate.BytesPerSecond,
                    Ladder = ladder,
                };
            }
        }

        internal void Release(InferenceSlot slot)
        {
            if (_slots.Remove(slot.Number, slot))
            {
                var writer = Outbox.Take();
                if (writer != null)
                {
                    InferenceRequests.CloseSlot(writer, slot.Number);
                    Outbox.Post(writer);
                }
            }
        }

        void IStreamOwner.WriteOpening(WireWriter writer, string sessionId)
        {
            Link.Measure(_connection.LinkSeconds, 0);
            InferenceRequests.Open(writer, sessionId, wantsUploadMemory: true);
        }

        void IStreamOwner.Opened() => Outbox.Open(); // the server keeps nothing of a slot that must be restored

        void IStreamOwner.Lost(BridgeException error)
        {
            Unmap();
            lock (Gate)
            {
                for (var number = 0; number < _slots.Size; number++)
                {
                    _slots[number]?.Lost();
                }
            }
        }

        bool IStreamOwner.Receive(ReadOnlySpan<byte> message)
        {
            if (!_message.Read(message, out var payload))
            {
                return false;
            }

            var now = Clock.Now;
            switch (_message.Kind)
            {
                case InferenceMessageKind.Opened: return HearOpened();
                case InferenceMessageKind.Status: return HearStatus(now);
                case InferenceMessageKind.Result: return HearResult(payload, now);
                default: return true;
            }
        }

        private bool HearOpened()
        {
            Unmap();
            _upload = _connection.IsReplay ? null : UploadMemory.TryMap(_message.Upload); // a recorded offer is void
            return true;
        }

        private bool HearStatus(double now)
        {
            _upload?.Free(_message.RequestIndex);
            Statistics.Unanswered(_message.Outcome);
            lock (Gate)
            {
                _slots[_message.Slot]?.Receive(_message, now);
            }

            return true;
        }

        private bool HearResult(ReadOnlySpan<byte> payload, double now)
        {
            _upload?.Free(_message.RequestIndex);
            InferenceSlot slot;
            lock (Gate)
            {
                slot = _slots[_message.Slot];
            }

            return slot == null || slot.Add(_message, payload, now);
        }

        private void Unmap()
        {
            var upload = _upload;
            _upload = null;
            upload?.Dispose();
        }
    }
}
