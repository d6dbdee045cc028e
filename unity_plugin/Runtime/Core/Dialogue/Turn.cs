using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// A player's text and the reply to it. Await <see cref="WaitAsync"/> for the whole reply. Take its events with
    /// <see cref="TryTake"/> on the main thread, or iterate over <see cref="EventsAsync"/>: one of the two, since each
    /// event is given once. The last event is Done. <see cref="Interrupt()"/>, the token given to
    /// <see cref="Conversation.Say"/> or leaving the loop over its events ends the turn, here and on the server.
    /// </summary>
    public sealed partial class Turn
    {
        private readonly DialogueStream _stream;
        private readonly Conversation _conversation;
        private readonly EventRing _events;
        private readonly ActionFinder _actions;
        private readonly List<string> _taken = new List<string>();
        private readonly StringBuilder _reply = new StringBuilder();
        private readonly TaskCompletionSource<TurnResult> _end =
            new TaskCompletionSource<TurnResult>(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly double _sent = Clock.Now;
        private readonly double _budget;
        private TaskCompletionSource<bool> _arrived;
        private TurnResult _result;
        private double _firstToken;
        private int _lateCount;

        internal Turn(DialogueStream stream, Conversation conversation, string said, long turnId, double budget, IReadOnlyList<string> actions)
        {
            _stream = stream;
            _conversation = conversation;
            _budget = budget;
            _events = new EventRing(stream.LongestReply);
            _actions = actions.Count > 0 ? new ActionFinder(actions) : null;
            Said = said;
            TurnId = turnId;
        }

        /// <summary>The turn's number; it only increases.</summary>
        public long TurnId { get; }

        /// <summary>What the player said.</summary>
        public string Said { get; }

        /// <summary>
        /// Whether the server had lost the conversation when the text was sent, because it was restarted or the session
        /// had expired. The persona and the history were then sent again, within the server's limits (to a server before
        /// minor version 5 the latest exchanges, as text); the character remembers no more than that. False until the
        /// text is sent.
        /// </summary>
        public bool MemoryLost { get; internal set; }

        /// <summary>The reply so far. Allocates a new string each time: do not read it every frame.</summary>
        public string Text
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _result != null ? _result.Text : _reply.ToString();
                }
            }
        }

        /// <summary>Whether the turn is over; events may still be queued.</summary>
        public bool IsOver => Result != null;

        /// <summary>How the turn ended; null until it is over.</summary>
        public TurnResult Result
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _result;
                }
            }
        }

        /// <summary>Takes the oldest queued event. Any thread; does not allocate.</summary>
        public bool TryTake(out TurnEvent turnEvent)
        {
            lock (_stream.Gate)
            {
                return _events.TryTake(out turnEvent);
            }
        }

        /// <summary>
        /// The events as they arrive, up to the last one. Leaving the loop early in any way interrupts the turn; so
        /// does cancelling <paramref name="cancellation"/>.
        /// </summary>
        public IAsyncEnumerable<TurnEvent> EventsAsync(CancellationToken cancellation = default) =>
            new TurnEvents(Events(cancellation), Interrupt);

        private async IAsyncEnumerable<TurnEvent> Events([EnumeratorCancellation] CancellationToken cancellation)
        {
            while (true)
            {
                if (TryTake(out var turnEvent))
                {
                    yield return turnEvent;
                    if (turnEvent.Kind == TurnEventKind.Done)
                    {
                        yield break;
                    }
                }
                else if (!await Waiting.For(ArrivedAsync(), cancellation).ConfigureAwait(false))
                {
                    yield break; // the end was taken elsewhere
                }
            }
        }

        /// <summary>
        /// Waits for the whole reply; may be called any number of times, also when the turn is over. Never throws for a
        /// turn that failed or was interrupted: see <see cref="TurnResult.Finish"/>. Throws
        /// <see cref="OperationCanceledException"/> when <paramref name="cancellation"/> ends the wait (not the turn),
        /// or when the token given to <see cref="Conversation.Say"/> has ended the turn.
        /// </summary>
        public Task<TurnResult> WaitAsync(CancellationToken cancellation = default) => Waiting.For(_end.Task, cancellation);

        /// <summary>
        /// Cuts in: a Done event with Interrupted follows at once, later tokens are dropped, and what has been said stays in
        /// the conversation.
        /// </summary>
        public void Interrupt()
        {
            lock (_stream.Gate)
            {
                if (_result == null)
                {
                    _stream.SendInterrupt(_conversation.Name, TurnId);
                    End(TurnFinish.Interrupted);
                }
            }
        }

        /// <summary>Interrupts the turn when the token is cancelled, on any thread. Outside the gate.</summary>
        internal void InterruptBy(CancellationToken cancellation)
        {
            if (cancellation.CanBeCanceled)
            {
                var registration = cancellation.Register(() => Cancel(cancellation, sent: true));
                _end.Task.ContinueWith(
                    (_, held) => ((CancellationTokenRegistration)held).Dispose(),
                    registration,
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default); // not in Finish: Dispose waits for a callback that may take the gate
            }
        }

        /// <summary>Ends the turn for a cancelled token, unless it is over. Outside the gate.</summary>
        internal void Cancel(CancellationToken cancellation, bool sent)
        {
            lock (_stream.Gate)
            {
                _end.TrySetCanceled(cancellation); // before the result; has no effect when the turn is over
                if (sent)
                {
                    Interrupt();
                }
                else
                {
                    End(TurnFinish.Interrupted);
                }
            }
        }

        /// <summary>Ends the turn locally, whatever the server still sends. Under the gate.</summary>
        internal void End(TurnFinish finish)
        {
            if (_result == null)
            {
                Finish(new TurnResult { Finish = finish, Text = _reply.ToString(), LateCount = _lateCount });
            }
        }

        /// <summary>Ends the turn because it cannot be answered. Under the gate.</summary>
        internal void Fail(ErrorReason reason, string message, bool isRetryable = true)
        {
            if (_result == null)
            {
                var outcome = Outcome.Unknown;
                outcome.Disposition = Disposition.Failed;
                outcome.Reason = reason;
                outcome.Message = message;
                outcome.Retryable = isRetryable;
                Finish(new TurnResult { Finish = TurnFinish.Failed, Text = _reply.ToString(), LateCount = _lateCount, Outcome = outcome });
            }
        }

        /// <summary>An event of this turn has arrived. Under the gate.</summary>
        internal void Receive(DialogueMessage message, double now)
        {
            if (_result != null)
            {
                return;
            }

            var elapsed = now - _sent;
            switch (message.Kind)
            {
                case DialogueMessageKind.Started:
                    Put(new TurnEvent { Kind = TurnEventKind.Started, TurnId = TurnId, Text = string.Empty, ElapsedSeconds = elapsed });
                    break;
                case DialogueMessageKind.Token:
                    HearToken(message, elapsed);
                    break;
                case DialogueMessageKind.Sentence:
                    HearSentence(message, elapsed);
                    break;
                case DialogueMessageKind.Action:
                    HearCall(message, elapsed);
                    break;
                case DialogueMessageKind.ActionEnded:
                    EndCall(message.CallId, message.Ending, elapsed);
                    break;
                case DialogueMessageKind.Trace:
                    _trace = message.Trace;
                    break;
                case DialogueMessageKind.HistoryCut:
                    Put(new TurnEvent
                    {
                        Kind = TurnEventKind.HistoryCut, TurnId = TurnId, Text = string.Empty, DroppedLineCount = message.Dropped, ElapsedSeconds = elapsed,
                    });
                    break;
                case DialogueMessageKind.Done:
                    _stream.Link.Measure(elapsed, message.End.Timing.ServerMicros / 1e6);
                    Finish(ResultOf(message));
                    break;
            }
        }

        private void HearToken(DialogueMessage message, double elapsed)
        {
            var isFirst = _firstToken == 0;
            var late = message.Late || (isFirst && _budget > 0 && elapsed > _budget);
            if (isFirst)
            {
                _firstToken = elapsed;
                _stream.Statistics.Answered(elapsed, !late, Repetition.None);
            }

            _lateCount += late ? 1 : 0;
            _reply.Append(message.Text);
            NotePairs(message.Text);
            Put(new TurnEvent { Kind = TurnEventKind.Token, TurnId = TurnId, Text = message.Text, Late = late, ElapsedSeconds = elapsed });
            var at = 0;
            for (var name = _actions?.Next(message.Text, ref at); name != null; name = _actions.Next(message.Text, ref at))
            {
                Put(new TurnEvent { Kind = TurnEventKind.Action, TurnId = TurnId, Text = name, Index = _taken.Count, ElapsedSeconds = elapsed });
                _taken.Add(name);
            }
        }

        private TurnResult ResultOf(DialogueMessage message)
        {
            var end = message.End;
            if (_firstToken == 0 && end.Finish == TurnFinish.Failed)
            {
                _stream.Statistics.Unanswered(end.Outcome);
            }

            return new TurnResult
            {
                Finish = end.Finish,
                Text = message.Text,
                PromptTokens = end.PromptTokens,
                CachedTokens = end.CachedTokens,
                ReplyTokens = end.ReplyTokens,
                CutText = message.CutText,
                HistoryLineCount = end.HistoryLineCount,
                PromptComputeSeconds = end.PromptComputeMicros / 1e6,
                Moderation = message.Moderation,
                LateCount = _lateCount,
                Timing = end.Timing,
                Outcome = end.Outcome,
            };
        }

        private void Finish(TurnResult result)
        {
            EndCalls();
            result.Sentences = _sentences.Count > 0 ? _sentences.ToArray() : Array.Empty<ReplySentence>();
            result.Calls = _calls.Count > 0 ? _calls.ToArray() : Array.Empty<ActionCall>();
            result.Trace = _trace;
            result.FirstTokenSeconds = _firstToken;
            result.Actions = _taken.Count > 0 ? _taken.ToArray() : Array.Empty<string>();
            result.ElapsedSeconds = Clock.Now - _sent;
            result.MemoryLost = MemoryLost;
            _result = result;
            _conversation.Ended(this, result.Text);
            Put(new TurnEvent { Kind = TurnEventKind.Done, TurnId = TurnId, Text = result.Text, ElapsedSeconds = result.ElapsedSeconds, Result = result });
            _end.TrySetResult(result);
        }

        private void Put(in TurnEvent turnEvent)
        {
            _events.Add(turnEvent);
            _arrived?.TrySetResult(true);
            _arrived = null;
        }

        /// <summary>True once an event may be queued; false when the turn is over and all events are taken.</summary>
        private Task<bool> ArrivedAsync()
        {
            lock (_stream.Gate)
            {
                if (_result != null)
                {
                    return Task.FromResult(_events.Count > 0);
                }

                _arrived = _arrived ?? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                return _events.Count > 0 ? Task.FromResult(true) : _arrived.Task;
            }
        }
    }
}
