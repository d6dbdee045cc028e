using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// A component's problem. The sentence is made when it is read and the cause, or a number in it, has changed; a new
    /// cause is logged once, and a problem of the connection only by the connection. Main thread only.
    /// </summary>
    internal sealed class ProblemReport
    {
        private readonly ProblemLog _log = new ProblemLog();
        private ProblemWords _words;
        private ProblemCause _cause; // the latest one
        private string _sentence; // for the cause; null until read
        private string _key; // of the cause, without numbers
        private bool _isRaised;

        /// <summary>The sentence; empty when all is well.</summary>
        internal string Text => _isRaised ? _sentence ??= ProblemSentences.Of(_cause, _words) : string.Empty;

        /// <summary>Whether there is a problem.</summary>
        internal bool IsRaised => _isRaised;

        /// <summary>All is well, or nothing is expected.</summary>
        internal void Clear() => _isRaised = false;

        /// <summary>Sets the current problem.</summary>
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
