using System;

namespace FrameBridge
{
    /// <content>Receiving: chunks, complete results, and reasons for none.</content>
    public sealed partial class InferenceSlot
    {
        private const string LateSentence = "the answer arrived after its budget and was dropped";
        private const string UnreadableSentence = "the result's tensors do not fit its bytes, or are too many; update the older of server and package";
        private const string LostSentence = "the connection broke before the answer arrived; ask again";

        /// <summary>
        /// A chunk has arrived. Receiving thread, outside the gate: the copy must not hold up the main thread.
        /// </summary>
        internal bool Add(InferenceMessage message, ReadOnlySpan<byte> payload, double now)
        {
            _assembled ??= _results.Next();
            switch (_assembly.Add(message, payload, _assembled.Outputs))
            {
                case ChunkResult.Complete:
                    NoteFirst(message, payload, now);
                    Finish(message, now);
                    return true;
                case ChunkResult.More:
                    NoteFirst(message, payload, now);
                    return true;
                default:
                    Drop(message, now);
                    return false;
            }
        }

        /// <summary>The outcome of a request that gets no result. Receiving thread, under the gate.</summary>
        internal void Receive(InferenceMessage message, double now)
        {
            if (message.RequestIndex == 0)
            {
                Fail(0, message.Outcome, 0, 0);
            }
            else if (_open.TryTake(message.RequestIndex, out var sent, out var budget))
            {
                if (message.Outcome.Disposition == Disposition.Refused)
                {
                    _stream.Rate.Relax();
                }

                if (message.Outcome.Timing.ServerMicros > 0)
                {
                    _stream.Link.Measure(now - sent, message.Outcome.Timing.ServerMicros / 1e6);
                }

                Fail(message.RequestIndex, message.Outcome, now - sent, budget);
            }
        }

        /// <summary>Open requests will not be answered. Receiving thread, under the gate.</summary>
        internal void Lost()
        {
            _assembly.Reset();
            for (var index = _open.Oldest; index != 0; index = _open.Oldest)
            {
                _open.TryTake(index, out _, out var budget);
                if (!LatestOnly)
                {
                    Fail(index, OutcomeOf(Disposition.Failed, ErrorReason.ConnectionLost, LostSentence), 0, budget);
                }
            }

            _newest = _late = 0;
        }

        private static Outcome OutcomeOf(Disposition disposition, ErrorReason reason, string sentence)
        {
            var outcome = Outcome.Unknown;
            outcome.Disposition = disposition;
            outcome.Reason = reason;
            outcome.Message = sentence;
            return outcome;
        }

        private void NoteFirst(InferenceMessage message, ReadOnlySpan<byte> payload, double now)
        {
            if (message.ChunkOffset == 0)
            {
                _firstChunk = now;
                _firstBytes = payload.Length;
            }
        }

        private void Finish(InferenceMessage message, double now)
        {
            lock (_stream.Gate)
            {
                if (!_open.TryTake(message.RequestIndex, out var sent, out var budget))
                {
                    return; // of a closed slot of the same number
                }

                var elapsed = now - sent;
                Measure(message, elapsed, now);
                var onTime = budget <= 0 || elapsed <= budget;
                _late += onTime ? 0 : 1;
                _stream.Statistics.Answered(elapsed, onTime, message.RepeatedFromIndex != 0 ? Repetition.Picture : Repetition.None);
                if (!onTime)
                {
                    Fail(message.RequestIndex, LateOutcome(message, elapsed - budget), elapsed, budget);
                }
                else if (!LatestOnly || message.RequestIndex > _newest)
                {
                    _assembled.Answer(message);
                    Publish(_assembled, message.RequestIndex, elapsed, budget);
                    _assembled = null;
                }
            }
        }

        private static Outcome LateOutcome(InferenceMessage message, double over)
        {
            var outcome = OutcomeOf(Disposition.Missed, ErrorReason.BudgetMissed, LateSentence);
            outcome.Stage = Stage.Transport;
            outcome.OverMicros = Clock.Micros(over);
            outcome.Timing = message.Timing;
            return outcome;
        }

        /// <summary>A result that cannot be read ends its request.</summary>
        private void Drop(InferenceMessage message, double now)
        {
            lock (_stream.Gate)
            {
                if (_open.TryTake(message.RequestIndex, out var sent, out var budget))
                {
                    var outcome = OutcomeOf(Disposition.Failed, ErrorReason.Malformed, UnreadableSentence);
                    _stream.Statistics.Unanswered(outcome);
                    Fail(message.RequestIndex, outcome, now - sent, budget);
                }
            }
        }

        private void Fail(long index, in Outcome outcome, double elapsed, double budget)
        {
            if (LatestOnly && index != 0 && index <= _newest)
            {
                return;
            }

            var result = _results.Next();
            result.Fail(Number, index, outcome);
            Publish(result, index, elapsed, budget);
        }

        private void Publish(InferenceResult result, long index, double elapsed, double budget)
        {
            _newest = Math.Max(_newest, index);
            result.ElapsedSeconds = elapsed;
            result.BudgetSeconds = budget;
            _results.Publish(result);
        }

        private void Measure(InferenceMessage message, double elapsed, double now)
        {
            var server = message.Timing.ServerMicros / 1e6;
            var total = (int)message.TotalBytes;
            if (message.ChunkOffset == 0)
            {
                _stream.Rate.NoteWhole(total, elapsed - server - _stream.Link.Least);
            }
            else
            {
                _stream.Rate.Note(total - _firstBytes, now - _firstChunk);
            }

            _stream.Link.Measure(elapsed - _stream.Rate.Seconds(total), server);
        }
    }
}
