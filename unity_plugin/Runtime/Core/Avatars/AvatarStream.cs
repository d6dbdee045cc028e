using System;

namespace FrameBridge
{
    /// <summary>The avatars of one client, on one stream. All members may be called on any thread; none blocks.</summary>
    public sealed class AvatarStream : IStreamOwner
    {
        private readonly Connection _connection;
        private readonly BridgeOptions _options;
        private readonly StreamLoop _loop;
        private readonly AvatarMessage _message = new AvatarMessage();
        private readonly SlotTable<AvatarSlot> _slots = new SlotTable<AvatarSlot>();
        private long _pings; // of the connection, already in Link

        internal AvatarStream(Connection connection, BridgeOptions options, CapabilityStatistics statistics)
        {
            _connection = connection;
            _options = options;
            Statistics = statistics;
            _loop = new StreamLoop(connection, BridgeStream.Avatar, this, statistics, options);
        }

        /// <summary>Whether requests are sent at once. False while the stream opens or reconnects.</summary>
        public bool IsOpen => _loop.Outbox.IsOpen;

        /// <summary>Slots in use.</summary>
        public int SlotCount
        {
            get
            {
                lock (Gate)
                {
                    return _slots.Count;
                }
            }
        }

        internal object Gate { get; } = new object();

        internal Outbox Outbox => _loop.Outbox;

        internal LinkMeter Link { get; } = new LinkMeter();

        internal RateMeter Rate { get; } = new RateMeter();

        internal CapabilityStatistics Statistics { get; }

        internal string SessionId { get; private set; } = string.Empty;

        /// <summary>
        /// Takes a free slot for an avatar. Set its look before asking for frames. Slots survive a reconnection. Throws
        /// <see cref="BridgeException"/> when the server's slots are used up or the client is closed.
        /// </summary>
        public AvatarSlot OpenSlot()
        {
            AvatarSlot slot;
            lock (Gate)
            {
                slot = new AvatarSlot(this, _slots.FreeNumber(_connection, "avatar"), _options);
                _slots.Add(slot.Number, slot);
            }

            _loop.Start();
            return slot;
        }

        internal long NextIndex(long atLeast) => _connection.NextIndex(atLeast);

        internal Budget BudgetOf(double seconds, LadderPolicy ladder) => new Budget
        {
            BudgetMicros = Clock.Micros(seconds),
            LinkMicros = Clock.Micros(Link.Seconds),
            LinkBytesPerSecond = Rate.BytesPerSecond,
            Ladder = ladder,
        };

        /// <summary>
        /// Adds the connection's newest ping to the link: a subscription alone measures nothing. Under the gate.
        /// </summary>
        internal void FollowPings()
        {
            if (_connection.TryReadPing(ref _pings, out var seconds))
            {
                Link.Measure(seconds, 0);
            }
        }

        /// <summary>
        /// Whether an acknowledgement may wait for the end of the game's next update: the server sends only a few frames
        /// ahead of it (2 unless configured otherwise), and has to hear of them in time at this rate.
        /// </summary>
        internal bool AcknowledgementMayWait(double framesPerSecond)
        {
            var ahead = Math.Max(1, _connection.Limits?.MaxUnacknowledgedFrames ?? 1);
            return _connection.Update.EndsWithin((ahead / framesPerSecond) - Link.Seconds);
        }

        internal bool Release(AvatarSlot slot) => _slots.Remove(slot.Number, slot);

        internal void Write(WireWriter writer, AvatarSlot slot, AvatarLook look, long morphMicros)
        {
            try
            {
                AvatarRequests.SetLook(writer, slot.Number, look, morphMicros);
            }
            catch
            {
                writer.Pool.Return(writer);
                throw;
            }

            Outbox.Post(writer);
        }

        void IStreamOwner.WriteOpening(WireWriter writer, string sessionId)
        {
            lock (Gate)
            {
                SessionId = sessionId;
                _connection.TryReadPing(ref _pings, out _); // already part of LinkSeconds
                Link.Measure(_connection.LinkSeconds, 0);
            }

            AvatarRequests.Open(writer, sessionId);
        }

        void IStreamOwner.Opened()
        {
            lock (Gate)
            {
                Outbox.Open();
                for (var number = 0; number < _slots.Size; number++)
                {
                    _slots[number]?.Restore(IsKept(number));
                }
            }
        }

        void IStreamOwner.Lost(BridgeException error)
        {
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
                case AvatarMessageKind.Frame: return HearFrame(payload, now);
                case AvatarMessageKind.Status: return HearStatus(now);
                default: return true;
            }
        }

        private bool HearFrame(ReadOnlySpan<byte> payload, double now)
        {
            AvatarSlot slot;
            lock (Gate)
            {
                slot = _slots[_message.Frame.Slot];
            }

            return slot == null || slot.Add(_message.Frame, payload, now);
        }

        private bool HearStatus(double now)
        {
            Statistics.Unanswered(_message.Status.Outcome);
            lock (Gate)
            {
                _slots[_message.Status.Slot]?.Receive(_message.Status, now);
            }

            return true;
        }

        private bool IsKept(int number) =>
            _message.Kind == AvatarMessageKind.Opened && Array.IndexOf(_message.Slots, number, 0, _message.SlotCount) >= 0;
    }
}
