using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// The lines of a conversation as the server has them. The server tells with each turn how many it has kept. Where
    /// both sides may differ, because the server has lost the conversation, the connection broke within a turn or the
    /// game restored one, the next turn carries the lines. Under the gate of its stream.
    /// </summary>
    internal sealed class HistoryMirror
    {
        private const int MaxLines = 384; // for a server that gives no limits
        private const int MaxBytes = 64 * 1024;
        private const int MaxOpen = 1024; // turns without an end; the server ends each of them
        private readonly List<OpenTurn> _open = new List<OpenTurn>();
        private List<ConversationLine> _lines = new List<ConversationLine>();
        private bool _differs;
        private OpenTurn _newest; // that is over, while its line is the last one

        public ConversationLine[] ToArray() => _lines.ToArray();

        /// <summary>Continues from these lines; turns that are still open do not count.</summary>
        public void Restore(IReadOnlyList<ConversationLine> lines)
        {
            _lines = new List<ConversationLine>();
            for (var i = 0; i < lines.Count; i++)
            {
                if (!IsBlank(lines[i].Text))
                {
                    _lines.Add(lines[i]);
                }
            }

            _open.Clear();
            _newest = null;
            _differs = true;
        }

        /// <summary>
        /// The player has heard no more of a turn than its first characters: it is open, or the newest that is over.
        /// </summary>
        public void Hear(long turnId, int length)
        {
            var turn = Find(turnId);
            if (turn != null)
            {
                turn.HeardLength = length;
            }
            else if (_newest != null && _newest.TurnId == turnId && length < _newest.Reply.Length)
            {
                if (!IsBlank(_newest.Reply))
                {
                    _lines.RemoveAt(_lines.Count - 1);
                }

                _newest.Reply = _newest.Reply.Substring(0, length);
                AddReply(_newest.Reply);
            }
        }

        /// <summary>The lines that the next turn must carry; null if the server has them.</summary>
        public ConversationLine[] LinesToSend(BridgeLimits limits) =>
            _differs ? Newest(limits.MaxHistoryLines, limits.MaxHistoryBytes).ToArray() : null;

        /// <summary>A turn was sent, with the lines that it carried or null.</summary>
        public void Say(long turnId, string text, ConversationLine[] carried)
        {
            if (_open.Count == MaxOpen)
            {
                _open.RemoveAt(0);
            }

            _open.Add(new OpenTurn { TurnId = turnId, Text = text, Reply = string.Empty, HeardLength = int.MaxValue, Carried = carried });
        }

        /// <summary>An event of any turn has arrived, also of one that the game has ended.</summary>
        public void Receive(DialogueMessage message)
        {
            switch (message.Kind)
            {
                case DialogueMessageKind.Started:
                    Begin(Find(message.TurnId));
                    break;
                case DialogueMessageKind.HistoryCut:
                    Keep(message.Number);
                    break;
                case DialogueMessageKind.Done:
                    var turn = Find(message.TurnId);
                    if (turn != null)
                    {
                        _open.Remove(turn);
                        End(turn, message);
                    }

                    break;
            }
        }

        /// <summary>What is known of the reply to a turn that may get no end.</summary>
        public void NoteReply(long turnId, string reply)
        {
            var turn = Find(turnId);
            if (turn != null)
            {
                turn.Reply = reply;
            }
        }

        /// <summary>The stream broke: open turns have no end, and what the server has of them is not known.</summary>
        public void Broke()
        {
            for (var i = 0; i < _open.Count; i++)
            {
                if (_open[i].Reply.Length > 0)
                {
                    Add(_open[i], _open[i].Reply, 0);
                }
            }

            _differs |= _open.Count > 0;
            _open.Clear();
        }

        /// <summary>The server has lost the conversation.</summary>
        public void Lost() => _differs = _lines.Count > 0;

        private static bool IsBlank(string text) => Trim(text ?? string.Empty).Length == 0;

        /// <summary>Without surrounding space, as the server trims: what Python counts as such.</summary>
        private static string Trim(string text)
        {
            var first = 0;
            var end = text.Length;
            while (first < end && IsSpace(text[first]))
            {
                first++;
            }

            while (end > first && IsSpace(text[end - 1]))
            {
                end--;
            }

            return text.Substring(first, end - first);
        }

        private static bool IsSpace(char letter) => char.IsWhiteSpace(letter) || (letter >= '\u001c' && letter <= '\u001f');

        private OpenTurn Find(long turnId)
        {
            for (var i = 0; i < _open.Count; i++)
            {
                if (_open[i].TurnId == turnId)
                {
                    return _open[i];
                }
            }

            return null;
        }

        /// <summary>The server has taken the lines of a turn.</summary>
        private void Begin(OpenTurn turn)
        {
            if (turn?.Carried != null)
            {
                _lines = new List<ConversationLine>(turn.Carried);
                _differs = false;
                _newest = null;
                turn.Carried = null;
            }
        }

        private void End(OpenTurn turn, DialogueMessage done)
        {
            if (done.End.Finish == TurnFinish.Failed && done.Text.Length == 0)
            {
                return; // it has changed nothing
            }

            Begin(turn);
            Add(turn, done.Text, done.End.HistoryLineCount);
        }

        /// <summary>Adds a turn, of which the server has kept so many lines in all; 0 if it does not tell.</summary>
        private void Add(OpenTurn turn, string reply, int kept)
        {
            _lines.Add(new ConversationLine { IsPlayer = true, Text = turn.Text });
            turn.Reply = reply.Length > turn.HeardLength ? reply.Substring(0, turn.HeardLength) : reply;
            AddReply(turn.Reply);
            _newest = turn;

            if (kept > 0)
            {
                Keep(kept);
            }
            else
            {
                _lines = Newest(MaxLines, MaxBytes);
            }
        }

        private void AddReply(string reply)
        {
            reply = Trim(reply);
            if (reply.Length > 0)
            {
                _lines.Add(new ConversationLine { Text = reply });
            }
        }

        private void Keep(int count) => _lines.RemoveRange(0, Math.Max(0, _lines.Count - Math.Max(0, count)));

        private List<ConversationLine> Newest(int maxLines, int maxBytes)
        {
            var first = _lines.Count;
            while (first > 0 && _lines.Count - first < maxLines)
            {
                maxBytes -= Encoding.UTF8.GetByteCount(_lines[first - 1].Text);
                if (maxBytes < 0)
                {
                    break;
                }

                first--;
            }

            return _lines.GetRange(first, _lines.Count - first);
        }

        private sealed class OpenTurn
        {
            public long TurnId;
            public string Text;
            public string Reply;
            public int HeardLength;
            public ConversationLine[] Carried;
        }
    }
}
