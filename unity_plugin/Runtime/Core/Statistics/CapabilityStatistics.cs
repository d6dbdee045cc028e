using System;

namespace FrameBridge
{
    /// <summary>
    /// Counts and times of one capability, on the client's clock. May be read on any thread; reading does not allocate.
    /// </summary>
    public sealed class CapabilityStatistics
    {
        private const int Recent = 256;
        private const int Stages = (int)Stage.Decode + 1;
        private readonly object _gate = new object();
        private readonly long[] _lateByStage = new long[Stages];
        private readonly double[] _times = new double[Recent];
        private readonly double[] _sorted = new double[Recent];
        private readonly bool[] _onTime = new bool[Recent];
        private int _timeCount;
        private int _nextTime;
        private int _requestCount;
        private int _nextRequest;
        private int _recentInBudget;
        private long _inBudget;
        private long _late;
        private long _repeated;
        private long _superseded;
        private long _unchanged;
        private long _dropped;
        private long _received;
        private long _sent;
        private long _receivedMessages;
        private long _receivedParts;
        private long _sentMessages;
        private long _sentParts;

        internal CapabilityStatistics()
        {
        }

        /// <summary>Answers within their budget, since the client was made. Repeated pictures are not counted.</summary>
        public long InBudgetCount => Read(ref _inBudget);

        /// <summary>Requests that were answered late, missed, refused or failed, since the client was made.</summary>
        public long LateCount => Read(ref _late);

        /// <summary>
        /// Answers that repeated an earlier picture or earlier boxes, since the client was made. A repeated picture is
        /// neither in budget nor late; repeated boxes also count as one of these.
        /// </summary>
        public long RepeatedCount => Read(ref _repeated);

        /// <summary>Requests replaced by a newer one of their slot, since the client was made. Not misses.</summary>
        public long SupersededCount => Read(ref _superseded);

        /// <summary>Frames skipped because nothing had changed, since the client was made.</summary>
        public long UnchangedCount => Read(ref _unchanged);

        /// <summary>Dropped messages: malformed, or frames larger than the client accepts.</summary>
        public long DroppedCount => Read(ref _dropped);

        /// <summary>Bytes received, since the client was made.</summary>
        public long ReceivedBytes => Read(ref _received);

        /// <summary>Bytes sent, since the client was made.</summary>
        public long SentBytes => Read(ref _sent);

        /// <summary>Messages that came over the connection, since the client was made. A bundle is one.</summary>
        public long ReceivedMessageCount => Read(ref _receivedMessages);

        /// <summary>Messages received, alone or as parts of a bundle, since the client was made.</summary>
        public long ReceivedPartCount => Read(ref _receivedParts);

        /// <summary>Messages that went over the connection, since the client was made. A bundle is one.</summary>
        public long SentMessageCount => Read(ref _sentMessages);

        /// <summary>Messages sent, alone or as parts of a bundle, since the client was made.</summary>
        public long SentPartCount => Read(ref _sentParts);

        /// <summary>
        /// Share of recent requests (at most 256) that were answered within their budget, 0 to 1; 1 before the first. A
        /// repeated picture does not count as one.
        /// </summary>
        public double InBudgetShare
        {
            get
            {
                lock (_gate)
                {
                    return _requestCount == 0 ? 1 : _recentInBudget / (double)_requestCount;
                }
            }
        }

        /// <summary>
        /// Median time from request to answer over recent requests (at most 256), in seconds; 0 before the first.
        /// </summary>
        public double P50Seconds => Quantile(0.5);

        /// <summary>
        /// 99th percentile of the time from request to answer over recent requests (at most 256), in seconds; 0 before
        /// the first.
        /// </summary>
        public double P99Seconds => Quantile(0.99);

        /// <summary>Late, missed and refused requests attributed to a stage, since the client was made.</summary>
        public long LateBy(Stage stage)
        {
            lock (_gate)
            {
                return stage >= 0 && (int)stage < Stages ? _lateByStage[(int)stage] : 0;
            }
        }

        /// <summary>Adds an answer, on time or late.</summary>
        internal void Answered(double elapsed, bool onTime, Repetition repetition)
        {
            lock (_gate)
            {
                _times[_nextTime] = elapsed;
                _nextTime = (_nextTime + 1) % Recent;
                _timeCount = Math.Min(_timeCount + 1, Recent);
                _repeated += repetition == Repetition.None ? 0 : 1;
                if (repetition == Repetition.Picture && onTime)
                {
                    Note(false);
                }
                else
                {
                    Count(onTime, Stage.Transport);
                }
            }
        }

        /// <summary>Adds a request without an answer.</summary>
        internal void Unanswered(in Outcome outcome)
        {
            lock (_gate)
            {
                switch (outcome.Disposition)
                {
                    case Disposition.Superseded: _superseded++; break;
                    case Disposition.Cancelled: break;
                    case Disposition.Unchanged: _unchanged++; break;
                    default: Count(false, outcome.Stage); break;
                }
            }
        }

        internal void Dropped() => Add(ref _dropped, 1);

        /// <summary>Adds a message, which may be a bundle of several parts.</summary>
        internal void Received(long bytes, int parts)
        {
            lock (_gate)
            {
                _received += bytes;
                _receivedMessages++;
                _receivedParts += parts;
            }
        }

        /// <summary>Adds a message, which may be a bundle of several parts.</summary>
        internal void Sent(long bytes, int parts)
        {
            lock (_gate)
            {
                _sent += bytes;
                _sentMessages++;
                _sentParts += parts;
            }
        }

        private void Count(bool onTime, Stage blamed)
        {
            Note(onTime);
            if (onTime)
            {
                _inBudget++;
                return;
            }

            _late++;
            _lateByStage[blamed >= 0 && (int)blamed < Stages ? (int)blamed : 0]++;
        }

        /// <summary>Adds one of the recent requests.</summary>
        private void Note(bool onTime)
        {
            if (_requestCount == Recent)
            {
                _recentInBudget -= _onTime[_nextRequest] ? 1 : 0;
            }

            _onTime[_nextRequest] = onTime;
            _nextRequest = (_nextRequest + 1) % Recent;
            _requestCount = Math.Min(_requestCount + 1, Recent);
            _recentInBudget += onTime ? 1 : 0;
        }

        private long Read(ref long count)
        {
            lock (_gate)
            {
                return count;
            }
        }

        private void Add(ref long count, long more)
        {
            lock (_gate)
            {
                count += more;
            }
        }

        private double Quantile(double share)
        {
            lock (_gate)
            {
                Array.Copy(_times, _sorted, _timeCount);
                Array.Sort(_sorted, 0, _timeCount);
                return _timeCount == 0 ? 0 : _sorted[(int)(share * (_timeCount - 1) + 0.5)];
            }
        }
    }
}
