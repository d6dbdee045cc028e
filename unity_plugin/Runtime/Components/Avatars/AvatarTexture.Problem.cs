using UnityEngine;

namespace FrameBridge
{
    /// <summary>Why no frame comes.</summary>
    public sealed partial class AvatarTexture
    {
        private const double JudgeSeconds = 0.1; // a scene has many avatars, and nobody sees a tenth of a second
        private const double FreshSeconds = 0.3; // more in a step that has brought a new frame: its upload is enough to do

        private readonly ProblemWatch _watch = new ProblemWatch();
        private readonly ProblemReport _problem = new ProblemReport();
        private string _setup; // why there is no slot, or no texture for what comes
        private string _refused; // the server's sentence about the look or the subscription
        private bool _isLookRefused; // only another look mends that
        private bool _mayBeMended; // the subscription has gone up again since
        private double _judgeAt;
        private bool _isFresh; // this step has brought a frame that is no earlier one again

        /// <summary>
        /// Why no frame comes and what mends it, in one sentence: the connection, the model, the look, the budget, the link or the
        /// server's load. Empty while frames come in time, and while none is asked for.
        /// </summary>
        public string Problem => _problem.Text;

        private void HearReport()
        {
            if (_slot.TryTakeReport(out AvatarReport report))
            {
                Hear(report);
            }
        }

        private void Hear(in AvatarReport report)
        {
            if (report.Outcome.Disposition == Disposition.Unchanged)
            {
                _watch.Answered(false); // what is shown is right
            }
            else if (report.FrameIndex != 0)
            {
                _watch.Unmet(report.Outcome);
            }
            else if (_refused == null) // the first refusal tells; others follow from it until another look is sent
            {
                _refused = report.Outcome.Message;
                _isLookRefused = report.Outcome.Reason == ErrorReason.UnknownAttribute;
                _mayBeMended = false;
            }
        }

        /// <summary>A frame has come and is shown. A look that was refused stays a problem: the frame shows the look before it.</summary>
        private void HearFrame(bool isRepeated)
        {
            _setup = null;
            _refused = _mayBeMended && !_isLookRefused ? null : _refused;
            _isFresh = !isRepeated;
            _watch.Answered(isRepeated);
        }

        private void HearLate()
        {
            if (_slot.TryTakeLate(out double elapsed))
            {
                _watch.Late(elapsed);
            }
        }

        /// <summary>Whether there is a problem, which shall go as soon as it is over, or one that needs no judging.</summary>
        private bool IsTroubled => _problem.IsRaised || _setup != null || _refused != null;

        private void Judge(double now)
        {
            _judgeAt = now + JudgeSeconds;
            _problem.Tell(Cause(), ProblemWords.Frames, now, this);
        }

        private ProblemCause Cause()
        {
            bool isReady = ConnectionCause.IsReady(Connection, out ProblemCause cause);
            string own = _setup ?? _refused;
            if (!isReady || own != null)
            {
                _watch.Stop();
                return isReady ? new ProblemCause { Kind = ProblemKind.Setup, Text = own } : cause;
            }

            if (_slot == null || CurrentRate < 1f)
            {
                return default;
            }

            _watch.Expect();
            cause = _watch.Judge(1.0 / CurrentRate, 0, budgetSeconds, _client.Avatars.Link.Seconds);
            ServerCause.Complete(ref cause, _client, _client.Avatars.IsOpen, ProblemWords.Frames);
            return cause;
        }
    }
}
