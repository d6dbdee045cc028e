using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// What a component says is wrong. The sentence is made when somebody reads it and the cause, or a number in it, has changed;
    /// a new cause is logged once, and what the connection has logged already is not logged by each component. Main thread only.
    /// </summary>
    internal sealed class ProblemReport
    {
        private readonly ProblemLog _log = new ProblemLog();
        private ProblemWords _words;
        private ProblemCause _cause; // the last one that there was
        private string _sentence; // about it; null until it is asked for
        private string _key; // of it, without its numbers
        private bool _isRaised;

        /// <summary>The sentence; empty when all is well.</summary>
        internal string Text => _isRaised ? _sentence ??= ProblemSentences.Of(_cause, _words) : string.Empty;

        /// <summary>Whether there is a problem.</summary>
        internal bool IsRaised => _isRaised;

        /// <summary>All is well, or nothing is expected.</summary>
        internal void Clear() => _isRaised = false;

        /// <summary>This is so now.</summary>
        internal void Tell(in ProblemCause cause, ProblemWords words, double now, Object owner)
        {
            if (cause.Kind == ProblemKind.None)
            {
                _isRaised = false;
                _log.Well(now);
                return;
            }

            bool isNew = !_isRaised || !IsLike(cause, words);
            Keep(cause, words);
            _isRaised = true;
            if (isNew && cause.Kind != ProblemKind.Connection)
            {
                _log.Note(now, _key, Text, owner);
            }
        }

        private bool IsLike(in ProblemCause cause, ProblemWords words) => ReferenceEquals(words, _words) && cause.IsLike(_cause);

        private void Keep(in ProblemCause cause, ProblemWords words)
        {
            bool isLike = IsLike(cause, words);
            if (!isLike || !cause.IsSaidBy(_cause))
            {
                _key = isLike ? _key : words.Model + cause.Kind + cause.Stage + cause.State + cause.Text + cause.Detail;
                _cause = cause;
                _words = words;
                _sentence = null;
            }
        }
    }
}
