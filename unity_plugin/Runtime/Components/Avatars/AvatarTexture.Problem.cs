using UnityEngine;

namespace FrameBridge
{
    /// <summary>The reason why no frame arrives.</summary>
    public sealed partial class AvatarTexture
    {
        private const double JudgeSeconds = 0.1; // a scene has many avatars, and a tenth of a second is not noticed
        private const double FreshSeconds = 0.3; // longer in a step with a new frame, which already has an upload

        private readonly ProblemWatch _watch = new ProblemWatch();
        private readonly ProblemReport _problem = new ProblemReport();
        private string _setup; // why there is no slot, or no texture for the frames
        private string _refused; // the server's message about the look or the subscription
        private bool _isLookRefused; // fixed only by another look
        private bool _mayBeMended; // the subscription has been sent again since
        private double _judgeAt;
        private bool _isFresh; // this step has brought a new frame, not a repeated one

        /// <summary>
        /// Why no frame arrives and how to fix it, in one sentence: the connection, the model, the look, the budget,
        /// the link or the server's load. Empty while frames arrive on time, and while none is requested.
        /// </summary>
        public string Problem => _problem.Text;

        private void HearReport()
        {
            if (_slot.TryTakeReport(out AvatarReport report))
            {
                Report(report);
            }
        }

        private void Report(in AvatarReport report)
        {
            if (report.Outcome.Disposition == Disposition.Unchanged)
            {
                _watch.Answered(false); // the shown frame is current
            }
            else if (report.FrameIndex != 0)
            {
                _watch.Unmet(report.Outcome);
            }
            else if (_refused == null) // the first refusal is the cause; others follow from it until another look is sent
            {
                _refused = report.Outcome.Message;
                _isLookRefused = report.Outcome.Reason == ErrorReason.UnknownAttribute;
                _mayBeMended = false;
            }
        }

        /// <summary>
        /// A frame has arrived and is shown. A refused look stays a problem: the frame shows the previous look.
        /// </summary>
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

        /// <summary>Whether there is a problem, to be cleared as soon as it is over, or one that is known at once.</summary>
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
