using System;

namespace FrameBridge
{
    /// <content>Receiving: chunks, complete frames, and reports of frames that were not sent.</content>
    public sealed partial class AvatarSlot
    {
        /// <summary>
        /// A chunk has arrived. Receiving thread, outside the gate: the copy must not hold up the main thread.
        /// </summary>
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

        /// <summary>The outcome of a frame that is not sent, or of an invalid message. Under the gate.</summary>
        internal void Receive(in AvatarReport report, double now)
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
                return; // keep the report of the cause
            }

            _isWrong |= isInvalid && report.FrameIndex == 0;
            _report = report;
            _hasReport = true;
        }

        /// <summary>
        /// Whether a report follows from an earlier error: frames of a slot without a subscription, or a subscription
        /// of a slot without a look.
        /// </summary>
        private bool Follows(in AvatarReport report, bool isInvalid) =>
            report.FrameIndex != 0 ? _hasReport || isInvalid : isInvalid && IsWithoutLook(report);

        /// <summary>
        /// A subscription was refused because the slot had no look. True if a look has been sent since; the
        /// subscription is then sent again unless it has been already.
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

        /// <summary>Without a frame index, the server uses "malformed" only for a slot without a look.</summary>
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

        /// <summary>How long the frame took, and whether to show it.</summary>
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
                elapsed = server + _stream.Link.Seconds; // the request is no longer known, or a recording plays
                budget = 0;
            }

            var onTime = budget <= 0 || elapsed <= budget;
            _late += onTime ? 0 : 1;
            _stream.Statistics.Answered(elapsed, onTime, header.Repeated ? Repetition.Picture : Repetition.None);
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
                AvatarRequests.Acknowledge(writer, Number, _newest, _late, _stream.BudgetOf(0, LadderPolicy.Unspecified));
                _stream.Outbox.Post(writer, rides: _stream.AcknowledgementMayWait(_subscription.FramesPerSecond));
            }
        }
    }
}
