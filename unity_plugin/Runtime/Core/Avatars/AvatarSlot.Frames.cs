using System;

namespace FrameBridge
{
    /// <content>What comes down: chunks, whole frames, and reports of those that were not sent.</content>
    public sealed partial class AvatarSlot
    {
        /// <summary>A chunk has come. Receiving thread, without the gate: the copy must not hold up the main thread.</summary>
        internal bool Add(in FrameHeader header, ReadOnlySpan<byte> payload, double now)
        {
            var result = _assembly.Add(header, payload, _buffers.Writing);
            if (result == ChunkResult.Wrong)
            {
                return false;
            }

            if (header.ChunkOffset == 0)
            {
                _firstChunk = now;
                _firstBytes = payload.Length;
            }

            if (result == ChunkResult.Complete)
            {
                return Finish(header, now);
            }

            return true;
        }

        /// <summary>What became of a frame that is not sent, or of a message that was wrong. Under the gate.</summary>
        internal void Hear(in AvatarReport report, double now)
        {
            if (report.Outcome.Disposition == Disposition.Refused)
            {
                _stream.Rate.Relax();
            }

            if (_asks.TryTake(report.FrameIndex, out var sent, out _) && report.Outcome.Timing.ServerMicros > 0)
            {
                _stream.Link.Measure(now - sent, report.Outcome.Timing.ServerMicros / 1e6);
            }

            var isInvalid = report.Outcome.Disposition == Disposition.Invalid;
            if (isInvalid && IsWithoutLook(report) && MetNoLook())
            {
                return;
            }

            if (_isWrong && Follows(report, isInvalid))
            {
                return; // what was wrong is what has to be told
            }

            _isWrong |= isInvalid && report.FrameIndex == 0;
            _report = report;
            _hasReport = true;
        }

        /// <summary>
        /// Whether a report comes of what was wrong before it: frames of a slot without a subscription, or a subscription of a
        /// slot without a look.
        /// </summary>
        private bool Follows(in AvatarReport report, bool isInvalid) =>
            report.FrameIndex != 0 ? _hasReport || isInvalid : isInvalid && IsWithoutLook(report);

        /// <summary>
        /// A subscription was refused for want of a look. Whether it is an earlier one, and a look has gone up meanwhile:
        /// the subscription goes up again unless it has already.
        /// </summary>
        private bool MetNoLook()
        {
            if (_earlierSubscriptions == 0)
            {
                return false;
            }

            _earlierSubscriptions--;
            if (_laterSubscriptions == 0 && _subscription.IsOn)
            {
                SendSubscription();
            }

            return true;
        }

        /// <summary>Of what is refused without a frame, a slot without a look is all that the server calls malformed.</summary>
        private static bool IsWithoutLook(in AvatarReport report) =>
            report.FrameIndex == 0 && report.Outcome.Reason == ErrorReason.Malformed;

        private bool Finish(in FrameHeader header, double now)
        {
            if (!FrameSize.Fits(header.Format, header.Width, header.Height, header.TotalBytes))
            {
                return false;
            }

            lock (_stream.Gate)
            {
                var isNewer = header.FrameIndex > _newest;
                _newest = Math.Max(_newest, header.FrameIndex);
                _earlierSubscriptions = 0; // there is a look
                var shows = Judge(header, now, out var elapsed, out var budget);
                if (shows && isNewer)
                {
                    Publish(header, elapsed, budget, now);
                }

                if (_subscription.IsOn && isNewer)
                {
                    Acknowledge();
                }
            }

            return true;
        }

        /// <summary>How long the frame took, and whether it is to be shown.</summary>
        private bool Judge(in FrameHeader header, double now, out double elapsed, out double budget)
        {
            var server = header.Timing.ServerMicros / 1e6;
            var keepsLate = false;
            if (_asks.TryTake(header.FrameIndex, out var sent, out budget))
            {
                elapsed = now - sent;
                Measure(header, now, elapsed, server);
            }
            else if (_subscription.IsOn)
            {
                elapsed = _ticks.Elapsed(header.FrameIndex, server, now, _stream.Link.Least);
                budget = _subscription.BudgetSeconds;
                keepsLate = _subscription.KeepLate;
            }
            else
            {
                elapsed = server + _stream.Link.Seconds; // its request is forgotten, or a recording is played
                budget = 0;
            }

            var onTime = budget <= 0 || elapsed <= budget;
            _late += onTime ? 0 : 1;
            _stream.Statistics.Answered(elapsed, onTime, header.Repeated ? Again.Picture : Again.No);
            if (onTime || keepsLate)
            {
                return true;
            }

            _lateSeconds = elapsed;
            _isLate = true;
            return false;
        }

        private void Measure(in FrameHeader header, double now, double elapsed, double server)
        {
            if (header.ChunkOffset == 0)
            {
                _stream.Rate.NoteWhole(header.TotalBytes, elapsed - server - _stream.Link.Least);
            }
            else
            {
                _stream.Rate.Note(header.TotalBytes - _firstBytes, now - _firstChunk);
            }

            _stream.Link.Measure(elapsed - _stream.Rate.Seconds(header.TotalBytes), server);
        }

        private void Publish(in FrameHeader header, double elapsed, double budget, double now)
        {
            var buffer = _buffers.Writing;
            ref var frame = ref buffer.Frame;
            frame.Slot = Number;
            frame.FrameIndex = header.FrameIndex;
            frame.Format = header.Format;
            frame.Width = header.Width;
            frame.Height = header.Height;
            frame.BottomUp = header.RowOrder == FrameRows.BottomUp;
            frame.IsSrgb = header.ColorSpace == FrameRows.Srgb;
            frame.IsPremultiplied = header.AlphaMode == FrameRows.Premultiplied;
            frame.Repeated = header.Repeated;
            frame.ElapsedSeconds = elapsed;
            frame.BudgetSeconds = budget;
            frame.CompletedSeconds = now;
            frame.SessionId = _stream.SessionId;
            frame.Timing = header.Timing;
            frame.Buffer = buffer.Bytes;
            frame.Length = header.TotalBytes;
            _buffers.Publish();
        }

        private void Acknowledge()
        {
            var writer = _stream.Outbox.Take();
            if (writer != null)
            {
                _stream.FollowPings();
                AvatarRequests.Acknowledge(writer, Number, _newest, _late, _stream.Worth(0, LadderPolicy.Unspecified));
                _stream.Outbox.Post(writer);
            }
        }
    }
}
