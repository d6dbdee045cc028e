using System;

namespace FrameBridge
{
    /// <summary>The cameras of one client, on one stream. All members may be called on any thread; none blocks.</summary>
    public sealed class RecognitionStream : IStreamOwner
    {
        private const int FieldsBytes = 64 * 1024; // a frame message's other fields, at most
        private const int PictureBytesWithoutLimits = 16 * 1024 * 1024;
        private readonly Connection _connection;
        private readonly StreamLoop _loop;
        private readonly RecognitionMessage _message = new RecognitionMessage();
        private readonly SlotTable<CameraSlot> _slots = new SlotTable<CameraSlot>();

        internal RecognitionStream(Connection connection, BridgeOptions options, CapabilityStatistics statistics)
        {
            _connection = connection;
            Statistics = statistics;
            _loop = new StreamLoop(connection, BridgeStream.Recognition, this, statistics, options);
        }

        /// <summary>Whether pictures can be sent. False while the stream opens or reconnects.</summary>
        public bool IsOpen => _loop.Outbox.IsOpen;

        internal object Gate { get; } = new object();

        internal Outbox Outbox => _loop.Outbox;

        internal LinkMeter Link { get; } = new LinkMeter();

        internal CapabilityStatistics Statistics { get; }

        internal BridgeLimits Limits => _connection.Limits;

        internal long LinkMicros => Clock.Micros(Link.Seconds);

        /// <summary>
        /// Takes a free slot for a camera. Throws <see cref="BridgeException"/> when the server's slots are used up or the
        /// client is closed.
        /// </summary>
        public CameraSlot OpenSlot()
        {
            CameraSlot slot;
            lock (Gate)
            {
                var most = Math.Max(PictureBytesWithoutLimits, Limits?.MaxImageBytes ?? 0) + FieldsBytes;
                slot = new CameraSlot(this, _slots.FreeNumber(_connection, "camera"), most);
                _slots.Add(slot.Number, slot);
            }

            _loop.Start();
            return slot;
        }

        internal long NextIndex() => _connection.NextIndex(0);

        internal void Release(CameraSlot slot)
        {
            if (_slots.Remove(slot.Number, slot))
            {
                var writer = Outbox.Take();
                if (writer != null)
                {
                    RecognitionRequests.CloseSlot(writer, slot.Number);
                    Outbox.Post(writer);
                }
            }
        }

        void IStreamOwner.WriteOpening(WireWriter writer, string sessionId)
        {
            Link.Measure(_connection.LinkSeconds, 0);
            RecognitionRequests.Open(writer, sessionId);
        }

        void IStreamOwner.Opened() => Outbox.Open(); // a camera needs only its next picture

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
            if (!_message.Read(message, out var pose))
            {
                return false;
            }

            lock (Gate)
            {
                _slots[_message.Slot]?.Receive(_message, pose, Clock.Now);
            }

            return true;
        }
    }
}
