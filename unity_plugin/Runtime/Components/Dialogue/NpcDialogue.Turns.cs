using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Turns: at most one is under way, and only its events are told.</summary>
    public sealed partial class NpcDialogue
    {
        private const int EventsAStep = 64; // a burst after a hitch is spread over frames

        private Conversation _conversation;
        private BridgeClient _client;
        private Turn _turn;
        private NpcReply _reply;
        private string _line = string.Empty;
        private bool _spoke;
        private int _nextFallback;

        /// <summary>
        /// The player speaks; a reply under way is cut off and gets its Done before this returns. The events come from the
        /// next frame on. Without a server the character says its fallback line. Throws <see cref="ArgumentException"/> for
        /// empty text, <see cref="InvalidOperationException"/> while the component is disabled.
        /// </summary>
        public NpcReply Say(string text)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new ArgumentException("there is nothing to say; give some text", nameof(text));
            }

            if (!isActiveAndEnabled)
            {
                throw new InvalidOperationException("a disabled character does not answer; enable it first");
            }

            CutOff();
            LastResult = null;
            _line = string.Empty;
            _spoke = false;
            _reply = new NpcReply();
            NpcReply reply = _reply;
            if (FollowConnection())
            {
                Begin(text);
            }

            Enter(NpcState.Thinking);
            return reply;
        }

        /// <summary>The player cuts in: the reply gets its Done before this returns. Does nothing when nothing is being said.</summary>
        public void Interrupt() => CutOff();

        /// <summary>Forgets what was said so far: the next words begin a new conversation.</summary>
        public void Forget()
        {
            CutOff();
            _conversation?.Forget();
            _conversation = null;
        }

        void IBridgeStep.Step()
        {
            bool there = FollowConnection();
            if (_turn != null)
            {
                Drain();
            }
            else if (_reply != null)
            {
                EndWithout(WithoutServer(TurnFinish.Failed, string.Empty));
            }
            else
            {
                Enter(there ? NpcState.Idle : NpcState.Offline);
            }
        }

        private bool FollowConnection()
        {
            BridgeConnection from = Connection;
            BridgeClient client = from is null ? null : from.Client;
            if (!ReferenceEquals(client, _client))
            {
                _client = client;
                _conversation = null; // a turn under way still ends: closing a client gives each its Done
            }

            return client != null && client.State == BridgeState.Ready;
        }

        private void Begin(string text)
        {
            try
            {
                _conversation ??= _client.Dialogue.Open(conversationName.Length == 0 ? null : conversationName);
                Describe(_conversation);
                _turn = persona == null
                    ? _conversation.Say(text)
                    : _conversation.Say(text, persona.FirstTokenSeconds, persona.PaceSeconds);
            }
            catch (BridgeException error)
            {
                Debug.LogWarning("FrameBridge: " + error.Message, this); // the step ends the turn with the fallback line
            }
        }

        private void Describe(Conversation conversation)
        {
            if (persona != null)
            {
                conversation.Persona = persona.Description;
                conversation.Sampling = persona.Sampling;
                conversation.Actions = persona.Actions;
            }
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
                Tell(item);
                return;
            }

            _line = item.Text ?? string.Empty;
            _turn = null;
            if (item.Result != null && item.Result.Finish == TurnFinish.Failed && !_spoke)
            {
                SayFallback(item.TurnId);
            }

            End(item);
        }

        /// <summary>Ends the turn under way now: its Done is told, and what else waits is dropped.</summary>
        private void CutOff()
        {
            Turn turn = _turn;
            if (_reply == null)
            {
                return;
            }

            _turn = null;
            TurnResult result = null;
            if (turn != null)
            {
                turn.Interrupt();
                while (turn.TryTake(out TurnEvent item))
                {
                    result = item.Result ?? result;
                }
            }

            EndWithout(result ?? WithoutServer(TurnFinish.Interrupted, turn == null ? string.Empty : turn.Text));
        }

        private void EndWithout(TurnResult result)
        {
            _line = result.Text;
            if (result.Finish == TurnFinish.Failed && !_spoke)
            {
                SayFallback(0);
            }

            End(new TurnEvent { Kind = TurnEventKind.Done, Text = result.Text, Result = result });
        }

        private void End(in TurnEvent done)
        {
            NpcReply reply = _reply;
            _reply = null;
            LastResult = done.Result;
            reply?.Put(done);
            Enter(NpcState.Idle); // before the listeners hear of it: one of them may speak again
            Heard?.Invoke(done);
            onDone.Invoke(_line);
        }

        private static TurnResult WithoutServer(TurnFinish finish, string text) => new TurnResult();

        private void SayFallback(long turnId)
        {
            int count = persona == null ? 0 : persona.FallbackLines.Count;
            if (count > 0)
            {
                _line = persona.FallbackLines[_nextFallback++ % count];
                Tell(new TurnEvent { Kind = TurnEventKind.Token, TurnId = turnId, Text = _line });
                Tell(new TurnEvent { Kind = TurnEventKind.Sentence, TurnId = turnId, Text = _line });
            }
        }
    }
}
