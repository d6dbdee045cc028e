using System;
using System.Collections.Generic;
using System.Threading;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Turns: at most one at a time, and only its events are raised.</summary>
    public sealed partial class NpcDialogue
    {
        private const int EventsAStep = 64; // a burst after a hitch is spread over frames
        private const double PatienceSeconds = 2;
        private const double RetrySeconds = 2;

        private Conversation _conversation;
        private BridgeClient _client;
        private Turn _turn;
        private NpcReply _reply;
        private string _line = string.Empty;
        private string _waiting;
        private double _saidAt;
        private double _waitsUntil;
        private double _retryAt;
        private ConversationHistory _saved; // for a conversation that is opened later
        private bool _spoke;
        private int _nextFallback;

        /// <summary>
        /// The player speaks; a current reply is interrupted and gets its Done before this returns. Await the result
        /// for the whole reply, or iterate it for the events, which start with the next frame; leaving that loop early
        /// interrupts the reply. While connecting, the text waits up to the budget of the first token; without a server
        /// the character says its fallback line. Throws <see cref="ArgumentException"/> for empty text,
        /// <see cref="InvalidOperationException"/> while the component is disabled.
        /// </summary>
        public NpcReply Say(string text) => Say(text, CancellationToken.None);

        /// <summary>
        /// The same, until the token is cancelled: that interrupts the reply as <see cref="Interrupt"/> does, from any
        /// thread, and its await throws an <see cref="OperationCanceledException"/>, unless the reply is complete by
        /// then. With a token that is already cancelled nothing is sent, and a current reply continues.
        /// </summary>
        public NpcReply Say(string text, CancellationToken cancellationToken)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new ArgumentException("the text is empty; give what the player says", nameof(text));
            }

            var reply = new NpcReply(cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                reply.Put(DoneOf(Interrupted(string.Empty)));
                return reply;
            }

            if (!CanAnswer)
            {
                throw new InvalidOperationException("a disabled character does not answer; enable it first");
            }

            CutOff();
            if (CanAnswer)
            {
                Begin(text, reply);
            }
            else
            {
                reply.Put(DoneOf(Interrupted(string.Empty))); // a listener of the previous Done has disabled it
            }

            return reply;
        }

        /// <summary>
        /// The player cuts in: the reply gets its Done before this returns. Without a current reply it only notes what of the
        /// last one was heard, if <see cref="HeardLength"/> says so.
        /// </summary>
        public void Interrupt()
        {
            CutOff();
            EndHearing();
        }

        /// <summary>
        /// What has been said, as the server keeps it, for a saved game: JsonUtility can write it. A turn is part of it
        /// when the server has ended it.
        /// </summary>
        public ConversationHistory Save() => _conversation?.Save() ?? _saved ?? new ConversationHistory();

        /// <summary>
        /// Continues from what was saved, also before there is a connection; a current reply is interrupted. Throws
        /// <see cref="ArgumentNullException"/> for null.
        /// </summary>
        public void Restore(ConversationHistory history)
        {
            if (history == null)
            {
                throw new ArgumentNullException(nameof(history));
            }

            CutOff();
            _saved = _conversation == null ? history : null;
            _conversation?.Restore(history);
        }

        /// <summary>Deletes the conversation so far: the next turn starts a new one.</summary>
        public void Forget()
        {
            CutOff();
            _conversation?.Forget();
            _conversation = null;
            _saved = null;
        }

        void IBridgeStep.Step()
        {
            if (_reply != null && _reply.IsGivenUp)
            {
                CutOff();
            }

            bool there = FollowConnection();
            if (there && _turn == null && _waiting != null)
            {
                Begin();
            }

            if (_turn != null)
            {
                Drain();
            }
            else if (_reply == null)
            {
                Enter(there || IsLoading ? Resting : NpcState.Offline);
            }
            else if (!MayComeYet())
            {
                Conclude(DoneOf(WithoutServer()));
            }

            Judge();
        }

        private void Begin(string text, NpcReply reply)
        {
            _turn?.Interrupt(); // a listener of the previous Done has spoken, and is interrupted by this turn
            _turn = null;
            _reply?.Put(DoneOf(Interrupted(string.Empty)));
            LastResult = null;
            _line = string.Empty;
            _spoke = false;
            EndHearing(); // before the next turn, which is the newest then
            _newest = null;
            _reply = reply;
            _waiting = text;
            _saidAt = Time.unscaledTimeAsDouble;
            _waitsUntil = _saidAt + FirstTokenSeconds;
            if (FollowConnection())
            {
                Begin();
            }

            Enter(NpcState.Thinking);
        }

        // Not isActiveAndEnabled, which is false until OnEnable: another script may speak in its Awake.
        private bool CanAnswer => enabled && gameObject.activeInHierarchy;

        private bool IsLoading => _client != null && _client.State == BridgeState.Ready && ServerCause.IsModelLoading(_client, ProblemWords.Replies);

        /// <summary>The character's state between turns while the server is available.</summary>
        private NpcState Resting => IsLoading ? NpcState.Loading : NpcState.Idle;

        private double FirstTokenSeconds => persona == null || persona.FirstTokenSeconds <= 0 ? PatienceSeconds : persona.FirstTokenSeconds;

        /// <summary>Follows the connection's current client. Returns whether text is sent at once.</summary>
        private bool FollowConnection()
        {
            BridgeConnection from = Connection;
            BridgeClient client = from is null ? null : from.Client;
            if (!ReferenceEquals(client, _client))
            {
                _client = client;
                _openError = null;
                _conversation = null; // a current turn still ends: closing a client gives each its Done
            }

            if (client == null || client.State != BridgeState.Ready)
            {
                return false;
            }

            if (_conversation == null)
            {
                OpenConversation(); // before the first turn, as its stream has to open
            }

            return _conversation != null && client.Dialogue.IsOpen;
        }

        private void OpenConversation()
        {
            double now = Time.unscaledTimeAsDouble;
            if (now < _retryAt)
            {
                return;
            }

            try
            {
                _openError = null;
                _conversation = _client.Dialogue.Open(conversationName.Length == 0 ? null : conversationName);
                if (_saved != null)
                {
                    _conversation.Restore(_saved);
                    _saved = null;
                }
            }
            catch (BridgeException error)
            {
                _retryAt = now + RetrySeconds;
                _openError = error; // turns get the fallback line meanwhile
            }
        }

        /// <summary>Whether waiting text may still be sent: the client is connecting, and there is time left.</summary>
        private bool MayComeYet() =>
            _waiting != null && _client != null && Time.unscaledTimeAsDouble < _waitsUntil
            && (_client.State == BridgeState.Ready || _client.State == BridgeState.Connecting
                || _client.State == BridgeState.Reconnecting);

        private void Begin()
        {
            string text = _waiting;
            _waiting = null;
            Describe(_conversation);
            _turn = persona == null
                ? _conversation.Say(text)
                : _conversation.Say(text, persona.FirstTokenSeconds, persona.PaceSeconds);
            _newest = _turn;
        }

        private void Drain()
        {
            Turn turn = _turn;
            for (int i = 0; i < EventsAStep && ReferenceEquals(turn, _turn) && turn.TryTake(out TurnEvent item); i++)
            {
                Hear(item);
            }
        }

        private void Hear(in TurnEvent item)
        {
            if (item.Kind != TurnEventKind.Done)
            {
                _isFailed &= item.Kind != TurnEventKind.Token;
                Tell(item);
                return;
            }

            _turn = null;
            Conclude(item);
        }

        /// <summary>Ends the current turn now: raises its Done and drops its other events.</summary>
        private void CutOff()
        {
            Turn turn = _turn;
            if (_reply == null)
            {
                return;
            }

            _turn = null;
            _waiting = null;
            TurnResult result = turn == null ? null : Drop(turn);
            if (TellEnded())
            {
                Conclude(DoneOf(result ?? Interrupted(turn == null ? string.Empty : turn.Text)));
            }
        }

        /// <summary>Interrupts a turn and takes its other events, of which only the ends of calls that were told of count.</summary>
        private TurnResult Drop(Turn turn)
        {
            TurnResult result = null;
            End(turn);
            HeardLength = -1;
            var untold = new HashSet<ActionCall>();
            while (turn.TryTake(out TurnEvent item))
            {
                result = item.Result ?? result;
                if (item.Kind == TurnEventKind.ActionCalled)
                {
                    untold.Add(item.Call);
                }
                else if (item.Kind == TurnEventKind.ActionEnded && !untold.Contains(item.Call))
                {
                    _ended.Add(item);
                }
            }

            return result;
        }

        /// <summary>The turn is over; one that failed before its first token gets a fallback line instead.</summary>
        private void Conclude(TurnEvent done)
        {
            NpcReply reply = _reply;
            _line = done.Text ?? string.Empty;
            if (done.Result.Finish == TurnFinish.Failed)
            {
                _failure = done.Result.Outcome;
                _isFailed = true;
                if (!_spoke && SayFallback(done.TurnId))
                {
                    done.Text = _line;
                    done.Result = done.Result.Saying(_line);
                }
            }

            if (ReferenceEquals(reply, _reply)) // else a listener of the fallback line has spoken again
            {
                End(done);
            }
        }

        private static TurnEvent DoneOf(TurnResult result) =>
            new TurnEvent { Kind = TurnEventKind.Done, Text = result.Text, Result = result };

        private void End(in TurnEvent done)
        {
            NpcReply reply = _reply;
            _reply = null;
            _waiting = null;
            LastResult = done.Result;
            reply?.Put(done);
            Enter(Resting); // before the listeners are called: one of them may speak again
            Heard?.Invoke(done);
            onDone.Invoke(_line);
        }

        private static TurnResult Interrupted(string text) => new TurnResult(TurnFinish.Interrupted, text, new Outcome
        {
            Disposition = Disposition.Cancelled,
            Reason = ErrorReason.Cancelled,
            Message = string.Empty,
            Retryable = true,
        });

        private static TurnResult Unanswered(ErrorReason reason, string why) => new TurnResult(TurnFinish.Failed, string.Empty, new Outcome
        {
            Disposition = Disposition.Failed,
            Reason = reason,
            Message = why,
            Retryable = true,
        });

        /// <summary>Says the next fallback line; false if there is none, or a listener has interrupted it.</summary>
        private bool SayFallback(long turnId)
        {
            int count = persona == null ? 0 : persona.FallbackLines.Count;
            if (count == 0)
            {
                return false;
            }

            NpcReply reply = _reply;
            _line = persona.FallbackLines[_nextFallback++ % count];
            Tell(new TurnEvent { Kind = TurnEventKind.Token, TurnId = turnId, Text = _line });
            if (ReferenceEquals(reply, _reply))
            {
                Tell(new TurnEvent { Kind = TurnEventKind.Sentence, TurnId = turnId, Text = _line });
            }

            return ReferenceEquals(reply, _reply);
        }
    }
}
