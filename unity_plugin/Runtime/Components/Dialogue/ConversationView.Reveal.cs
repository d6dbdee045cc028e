using UnityEngine;

namespace FrameBridge
{
    /// <summary>Shows a reply word by word. What is not shown yet, the player has not heard.</summary>
    public sealed partial class ConversationView
    {
        private string _whole = string.Empty; // of the reply, as far as it has arrived
        private float _reached; // letters that may be shown
        private int _shown;
        private TurnResult _result; // of a reply that has ended and is not shown to its end

        /// <summary>The end of a turn: the reply is written, or goes on being shown.</summary>
        private void End(TurnResult result)
        {
            bool isWhole = result.IsComplete && lettersPerSecond > 0f;
            _whole = isWhole || lettersPerSecond <= 0f || result.Finish == TurnFinish.Failed ? npc.Text : _whole.Substring(0, _shown);
            if (isWhole && _shown < _whole.Length)
            {
                _result = result;
            }
            else
            {
                Conclude(result, Ending(result));
            }
        }

        /// <summary>The player has cut in after the end of a reply that was not shown to its end.</summary>
        private void EndReveal()
        {
            if (_result != null)
            {
                _whole = _whole.Substring(0, _shown);
                Conclude(_result, CutOff);
            }
        }

        private void BeginReveal()
        {
            _whole = string.Empty;
            _reached = 0f;
            _shown = 0;
            _result = null;
        }

        private void Conclude(TurnResult result, string ending)
        {
            string line = NpcName + ": " + _whole + ending;
            BeginReveal();
            _saying = string.Empty;
            Write(showSources ? line + Sources(result) : line);
        }

        private void Reveal(float passed)
        {
            if (lettersPerSecond <= 0f || npc == null || _shown >= _whole.Length)
            {
                return;
            }

            _reached = Mathf.Min(_reached + (passed * lettersPerSecond), _whole.Length);
            int end = WordEnd((int)_reached);
            if (end > _shown)
            {
                ShowReply(end);
                npc.HeardLength = end;
            }

            if (_result != null && _shown == _whole.Length)
            {
                npc.HeardLength = -1;
                Conclude(_result, Ending(_result));
            }
        }

        private void ShowReply(int length)
        {
            _shown = length;
            _reached = Mathf.Max(_reached, length);
            _saying = NpcName + ": " + _whole.Substring(0, length);
            Show();
        }

        /// <summary>The end of the last whole word within so many letters. More may come of a reply that has not ended.</summary>
        private int WordEnd(int length)
        {
            if (length >= _whole.Length && (_result != null || char.IsWhiteSpace(_whole[_whole.Length - 1])))
            {
                return _whole.Length;
            }

            int end = Mathf.Min(length, _whole.Length - 1);
            while (end > _shown && !char.IsWhiteSpace(_whole[end]))
            {
                end--;
            }

            return end;
        }

        private static string Sources(TurnResult result)
        {
            string text = string.Empty;
            foreach (ReplySentence sentence in result.Sentences)
            {
                if (sentence.Trace != null)
                {
                    text += "\n    " + sentence.Trace.Stage + ": " + string.Join(", ", sentence.Trace.Sources);
                }
            }

            return text;
        }
    }
}
