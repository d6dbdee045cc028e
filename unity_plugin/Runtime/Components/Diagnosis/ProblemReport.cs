using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// What a component says is wrong. The sentence is made when the cause changes, not each frame, and logged once; what the
    /// connection says already is not logged by each component again. Main thread only.
    /// </summary>
    internal sealed class ProblemReport
    {
        private readonly ProblemLog _log = new ProblemLog();
        private ProblemWords _words;
        private ProblemCause _said; // the last one that was made into a sentence
        private string _sentence = string.Empty;
        private string _key; // of the cause, without its numbers

        /// <summary>The sentence; empty when all is well.</summary>
        internal string Text { get; private set; } = string.Empty;

        /// <summary>All is well, or nothing is expected.</summary>
        internal void Clear() => Text = string.Empty;

        /// <summary>This is so now.</summary>
        internal void Tell(in ProblemCause cause, ProblemWords words, double now, Object owner)
        {
            if (cause.Kind == ProblemKind.None)
            {
                Text = string.Empty;
                _log.Well(now);
                return;
            }

            bool isOther = !ReferenceEquals(words, _words) || !cause.IsLike(_said);
            if (isOther)
            {
                _key = words.Model + cause.Kind + cause.Stage + cause.State + cause.Text;
            }

            if (isOther || !cause.IsSaidBy(_said))
            {
                _said = cause;
                _words = words;
                _sentence = ProblemSentences.Of(cause, words);
            }

            if (cause.Kind != ProblemKind.Connection && (isOther || Text.Length == 0))
            {
                _log.Note(now, _key, _sentence, owner);
            }

            Text = _sentence;
        }
    }
}
