using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What turns have since there are NPCs: sentences with places, what was heard, and actions.</summary>
    public sealed partial class Turn
    {
        private readonly List<ReplySentence> _sentences = new List<ReplySentence>();
        private readonly List<ActionCall> _calls = new List<ActionCall>();
        private TurnTrace _trace;
        private bool _hasPairs; // surrogate pairs in the reply

        /// <summary>What the player has heard of the reply; null for all of it. Under the gate.</summary>
        internal string HeardText { get; private set; }

        /// <summary>
        /// The same, and of the reply the player has heard only the first <paramref name="heard"/> characters: the
        /// conversation keeps no more. It also counts for a turn that is over, while it is the conversation's newest, since
        /// a voice takes longer than a text. Servers before minor version 6 keep all. Throws
        /// <see cref="ArgumentOutOfRangeException"/> for less than 0.
        /// </summary>
        public void Interrupt(int heard)
        {
            if (heard < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(heard), heard, "a player has heard 0 characters or more");
            }

            lock (_stream.Gate)
            {
                var text = _result != null ? _result.Text : _reply.ToString();
                if (_result != null && heard >= text.Length)
                {
                    return; // all of it
                }

                heard = CodePoints.Whole(text, Math.Min(heard, text.Length));
                _stream.SendInterrupt(_conversation.Name, TurnId, CodePoints.Count(text, heard));
                HeardText = text.Substring(0, heard);
                _conversation.Heard(this);
                End(TurnFinish.Interrupted);
            }
        }

        private void HearSentence(DialogueMessage message, double elapsed)
        {
            var (start, end) = (message.Start, message.Stop);
            if (_hasPairs)
            {
                var text = _reply.ToString();
                (start, end) = (CodePoints.Index(text, start), CodePoints.Index(text, end));
            }

            var sentence = new ReplySentence(message, start, end);
            _sentences.Add(sentence);
            Put(new TurnEvent
            {
                Kind = TurnEventKind.Sentence, TurnId = TurnId, Text = message.Text, Index = message.Number, Sentence = sentence, ElapsedSeconds = elapsed,
            });
        }

        private void HearCall(DialogueMessage message, double elapsed)
        {
            var call = new ActionCall(_stream, _conversation, this, message);
            _calls.Add(call);
            _taken.Add(call.Name);
            Put(new TurnEvent { Kind = TurnEventKind.ActionCalled, TurnId = TurnId, Text = call.Name, Index = _taken.Count - 1, Call = call, ElapsedSeconds = elapsed });
        }

        private void EndCall(string id, ActionEnding ending, double elapsed)
        {
            foreach (var call in _calls)
            {
                if (call.Id == id && call.End(ending))
                {
                    Put(new TurnEvent { Kind = TurnEventKind.ActionEnded, TurnId = TurnId, Text = call.Name, Call = call, ElapsedSeconds = elapsed });
                }
            }
        }

        /// <summary>The turn is over: the server takes no answers any more.</summary>
        private void EndCalls()
        {
            foreach (var call in _calls)
            {
                EndCall(call.Id, ActionEnding.Interrupted, Clock.Now - _sent);
            }
        }

        private void NotePairs(string piece)
        {
            for (var i = 0; !_hasPairs && i < piece.Length; i++)
            {
                _hasPairs = char.IsSurrogate(piece[i]);
            }
        }
    }
}
