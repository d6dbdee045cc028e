using System;

namespace FrameBridge
{
    /// <summary>
    /// One avatar: its look is sent up, texture frames arrive in one of three buffers, and the newest one wins. Take
    /// frames on one thread only (the main thread); other members may be called on any thread. Nothing here blocks or
    /// allocates per frame.
    /// </summary>
    public sealed partial class AvatarSlot
    {
        private readonly AvatarStream _stream;
        private readonly FrameBuffers _buffers;
        private readonly FrameAssembly _assembly;
        private readonly SentRequests _asks = new SentRequests();
        private readonly TickClock _ticks = new TickClock();
        private AvatarReport _report;
        private volatile bool _hasReport;
        private bool _isWrong; // look or subscription was invalid, and no other has been sent
        private int _earlierSubscriptions; // sent before the newest look: the slot may have had none
        private int _laterSubscriptions;
        private AvatarLook _look;
        private Subscription _subscription;
        private long _newest;
        private long _late;
        private double _lateSeconds; // of the newest frame that arrived too late to be shown
        private volatile bool _isLate; // until TryTakeLate
        private long _ahead;
        private double _firstChunk;
        private int _firstBytes;

        internal AvatarSlot(AvatarStream stream, int number, BridgeOptions options)
        {
            _stream = stream;
            Number = number;
            _buffers = new FrameBuffers(options.FrameBufferBytes);
            _assembly = new FrameAssembly(options.MaxFrameBytes);
        }

        /// <summary>The avatar's number in its session, from 0.</summary>
        public int Number { get; }

        /// <summary>The newest complete frame of this connection; 0 before the first.</summary>
        public long NewestIndex
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _newest;
                }
            }
        }

        /// <summary>Sets the look, blended in over <paramref name="morphSeconds"/> (0 changes at once).</summary>
        public void SetLook(AvatarLook look, double morphSeconds = 0)
        {
            if (look == null)
            {
                throw new ArgumentNullException(nameof(look));
            }

            lock (_stream.Gate)
            {
                var mends = _isWrong && _subscription.IsOn;
                _look = look;
                SendLook(Clock.Micros(morphSeconds));
                if (mends)
                {
                    SendSubscription(); // the server refused it along with the look
                }
            }
        }

        /// <summary>
        /// Asks for frames at a steady rate, 1 to 120 a second, each with a budget of <paramref name="budgetSeconds"/>.
        /// Replaces an earlier subscription; resumed after a reconnection. With <paramref name="keepLate"/> late frames
        /// are shown too. With a heartbeat (at most 1 second) the server skips unchanged pictures but sends at least
        /// one per heartbeat; older servers send them all. Throws <see cref="ArgumentOutOfRangeException"/> for another
        /// rate or heartbeat.
        /// </summary>
        public void Subscribe(
            float framesPerSecond,
            double budgetSeconds = 0.05,
            FrameFormat format = FrameFormat.Unspecified,
            LadderPolicy ladder = LadderPolicy.Any,
            bool keepLate = false,
            double heartbeatSeconds = 0)
        {
            if (!(framesPerSecond >= 1 && framesPerSecond <= 120))
            {
                throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "give 1 to 120 frames a second");
            }

            if (!(heartbeatSeconds >= 0 && heartbeatSeconds <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(heartbeatSeconds), heartbeatSeconds, "give 0 (none) to 1 second");
            }

            lock (_stream.Gate)
            {
                _subscription.IsOn = true;
                _subscription.FramesPerSecond = framesPerSecond;
                _subscription.BudgetSeconds = budgetSeconds;
                _subscription.Format = format;
                _subscription.Ladder = ladder;
                _subscription.KeepLate = keepLate;
                _subscription.HeartbeatSeconds = heartbeatSeconds;
                _ahead = (long)Math.Ceiling(framesPerSecond);
                SendSubscription();
            }
        }

        /// <summary>Ends the subscription. Does nothing when there is none.</summary>
        public void Unsubscribe()
        {
            lock (_stream.Gate)
            {
                if (_subscription.IsOn)
                {
                    _subscription.IsOn = false;
                    var writer = _stream.Outbox.Take();
                    if (writer != null)
                    {
                        AvatarRequests.Unsubscribe(writer, Number);
                        _stream.Outbox.Post(writer);
                    }
                }
            }
        }

        /// <summary>
        /// Asks for one frame; returns its index, or 0 when nothing can be sent now. The newest request replaces one
        /// that has not started.
        /// </summary>
        public long Ask(
            double budgetSeconds = 0.05,
            FrameFormat format = FrameFormat.Unspecified,
            LadderPolicy ladder = LadderPolicy.Any)
        {
            lock (_stream.Gate)
            {
                var writer = _stream.Outbox.Take();
                if (writer == null)
                {
                    return 0;
                }

                var index = _stream.NextIndex(_newest + _ahead);
                _ahead = _subscription.IsOn ? _ahead : 0;
                AvatarRequests.Frame(writer, Number, index, _stream.BudgetOf(budgetSeconds, ladder), format, _newest, _late);
                _asks.Add(index, Clock.Now, budgetSeconds);
                return _stream.Outbox.Post(writer) ? index : 0;
            }
        }

        /// <summary>Takes the newest complete frame if it has not been taken yet. Main thread only.</summary>
        public bool TryTakeNewest(out TextureFrame frame)
        {
            if (_buffers.TryTake(out var buffer))
            {
                frame = buffer.Frame;
                return true;
            }

            frame = default;
            return false;
        }

        /// <summary>
        /// Takes the newest report about a frame that was not sent, or about an invalid look or subscription
        /// (<see cref="AvatarReport.FrameIndex"/> 0). A newer report replaces one that was not taken, unless that one
        /// reports an invalid look or subscription; frames that fail because of it are not reported as well. Main
        /// thread only.
        /// </summary>
        public bool TryTakeReport(out AvatarReport report)
        {
            lock (_stream.Gate)
            {
                var had = _hasReport;
                report = had ? _report : default;
                _hasReport = false;
                return had;
            }
        }

        /// <summary>Whether a report is waiting. Cheap, as it is called every frame.</summary>
        internal bool HasReport => _hasReport;

        /// <summary>
        /// Whether a frame has arrived too late to be shown since the last call, and how long the newest one took.
        /// </summary>
        internal bool TryTakeLate(out double elapsed)
        {
            elapsed = 0;
            if (!_isLate)
            {
                return false; // without the lock, as this is called every frame
            }

            lock (_stream.Gate)
            {
                elapsed = _lateSeconds;
                _isLate = false;
                return true;
            }
        }

        /// <summary>Frees the slot and ends its subscription. May be called more than once.</summary>
        public void Close()
        {
            lock (_stream.Gate)
            {
                if (_stream.Release(this))
                {
                    var writer = _stream.Outbox.Take();
                    if (writer != null)
                    {
                        AvatarRequests.CloseSlot(writer, Number);
                        _stream.Outbox.Post(writer);
                    }
                }
            }
        }

        /// <summary>
        /// The server has opened the stream: sends the look unless the server kept it, and always the subscription.
        /// </summary>
        internal void Restore(bool kept)
        {
            if (_look != null && !kept)
            {
                SendLook(0);
            }

            if (_subscription.IsOn)
            {
                SendSubscription();
            }
        }

        /// <summary>Open requests will not be answered, and frames of the lost connection are no longer shown.</summary>
        internal void Lost()
        {
            _asks.Clear();
            _assembly.Reset();
            _buffers.Withdraw();
            _newest = _late = 0;
            _earlierSubscriptions = _laterSubscriptions = 0;
        }

        private void SendLook(long morphMicros)
        {
            _isWrong = false;
            _earlierSubscriptions += _laterSubscriptions;
            _laterSubscriptions = 0;
            var writer = _stream.Outbox.Take();
            if (writer != null)
            {
                _stream.Write(writer, this, _look, morphMicros);
            }
        }

        private void SendSubscription()
        {
            _isWrong = false;
            _laterSubscriptions++;
            _ticks.Begin(_subscription.FramesPerSecond);
            var writer = _stream.Outbox.Take();
            if (writer != null)
            {
                var worth = _stream.BudgetOf(_subscription.BudgetSeconds, _subscription.Ladder);
                AvatarRequests.Subscribe(writer, Number, _subscription, worth);
                _stream.Outbox.Post(writer);
            }
        }
    }
}
