using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Why the character does not answer.</summary>
    public sealed partial class NpcDialogue
    {
        private readonly ProblemReport _problem = new ProblemReport();
        private BridgeException _openError;
        private Outcome _failure; // of the last failed turn
        private bool _isFailed; // and no token has arrived since

        /// <summary>
        /// Why the character does not answer, or why it said its fallback line, and how to fix it, in one sentence;
        /// empty when all is well. A failed turn is reported until the first token of the next reply.
        /// </summary>
        public string Problem => _problem.Text;

        private void Judge() => _problem.Tell(Cause(), ProblemWords.Replies, Time.unscaledTimeAsDouble, this);

        private ProblemCause Cause()
        {
            if (!ConnectionCause.IsReady(Connection, out ProblemCause cause))
            {
                return cause;
            }

            if (_openError != null)
            {
                return new ProblemCause { Kind = ProblemKind.Setup, Text = _openError.Message };
            }

            cause = State == NpcState.Thinking ? Silence() : default;
            if (cause.Kind == ProblemKind.None && _isFailed)
            {
                cause = OutcomeCause.Of(_failure, FirstTokenSeconds, _client.Dialogue.Link.Seconds);
                bool isTold = cause.Kind != ProblemKind.Link && cause.NeededSeconds == 0 && !string.IsNullOrEmpty(_failure.Message);
                cause = isTold ? new ProblemCause { Kind = ProblemKind.Request, Text = _failure.Message } : cause;
            }

            bool isResting = State == NpcState.Idle || State == NpcState.Loading;
            if (cause.Kind == ProblemKind.None && isResting && ServerCause.IsModelMissing(_client, ProblemWords.Replies, out ProblemCause missing))
            {
                return missing; // known before anyone speaks
            }

            return cause;
        }

        /// <summary>The player has spoken, and the first token is overdue.</summary>
        private ProblemCause Silence()
        {
            double quiet = Time.unscaledTimeAsDouble - _saidAt;
            bool isOpen = _client.Dialogue.IsOpen;
            if (quiet < (isOpen ? Math.Max(ProblemWatch.PatienceSeconds, FirstTokenSeconds) : ProblemWatch.PatienceSeconds))
            {
                return default;
            }

            var cause = new ProblemCause { Kind = ProblemKind.Silence, QuietSeconds = ProblemWatch.Whole(quiet) };
            ServerCause.Complete(ref cause, _client, isOpen, ProblemWords.Replies);
            return cause;
        }

        /// <summary>The end of a turn that could not be sent.</summary>
        private TurnResult WithoutServer()
        {
            ConnectionCause.IsReady(Connection, out ProblemCause cause);
            BridgeException error = _openError ?? _client?.LastError;
            string why = _openError != null ? _openError.Message : cause.Text;
            return Unanswered(
                error == null ? ErrorReason.Unreachable : error.Reason,
                why ?? "no server answers; say it again once the connection is ready");
        }
    }
}
