using UnityEngine;

namespace FrameBridge
{
    /// <summary>The reason why no answer arrives.</summary>
    public sealed partial class CameraRecognizer
    {
        private readonly ProblemWatch _sendWatch = new ProblemWatch();
        private readonly ProblemReport _problem = new ProblemReport();
        private string _setup; // why there is no slot, or why a picture cannot be sent
        private bool _isSeeing; // the source has delivered a picture since it was opened

        /// <summary>
        /// Why no answer arrives and how to fix it, in one sentence: the connection, the camera and its permission, the
        /// pictures, the model, the budget, the link or the server's load. Empty while answers arrive on time.
        /// </summary>
        public string Problem => _problem.Text;

        private void Advance()
        {
            double now = Time.unscaledTimeAsDouble;
            foreach (ProblemWatch watch in _watches)
            {
                watch.Advance(now);
            }

            _sendWatch.Advance(now);
        }

        private double Period => 1.0 / picturesPerSecond;

        private void HearSent()
        {
            _setup = null;
            _sendWatch.Answered(false);
        }

        private void HearLate(RecognitionKind kind)
        {
            if (_slot.TryTakeLate(kind, out double elapsed))
            {
                WatchOf(kind).Late(elapsed);
            }
        }

        private void Judge()
        {
            ProblemWords words = ProblemWords.Boxes;
            bool isReady = ConnectionCause.IsReady(Connection, out ProblemCause cause);
            if (!isReady || FindOwn(ref cause) || _slot == null)
            {
                StopWatching();
            }
            else if (!_isSeeing && _client.Recognition.IsOpen)
            {
                cause = Unseen(ProblemKind.NoPicture);
            }
            else
            {
                for (int i = 0; i < Kinds.Length && cause.Kind == ProblemKind.None; i++)
                {
                    words = WordsOf(Kinds[i]);
                    cause = CauseOf(WatchOf(Kinds[i]), IsAsked(Kinds[i]), words, BudgetOf(Kinds[i]));
                }
            }

            _problem.Tell(cause, words, Time.unscaledTimeAsDouble, this);
        }

        /// <summary>Whether the cause is on this side of the link, and which.</summary>
        private bool FindOwn(ref ProblemCause cause)
        {
            string own = WrongKinds() ?? _setup;
            own = string.IsNullOrEmpty(own) && _pictures != null ? _pictures.Problem : own;
            cause.Kind = string.IsNullOrEmpty(own) ? ProblemKind.None : ProblemKind.Setup;
            cause.Text = own;
            return cause.Kind != ProblemKind.None;
        }

        private void StopWatching()
        {
            foreach (ProblemWatch watch in _watches)
            {
                watch.Stop();
            }

            _sendWatch.Stop();
        }

        private ProblemCause CauseOf(ProblemWatch watch, bool isAsked, ProblemWords words, float budget)
        {
            if (!isAsked)
            {
                watch.Stop();
                return default;
            }

            watch.Expect();
            ProblemCause cause = watch.Judge(Period, budget, budget, _client.Recognition.Link.Seconds);
            ProblemCause unsent = Unseen(ProblemKind.NotSent);
            if (cause.Kind == ProblemKind.Silence && unsent.Kind != ProblemKind.None && _client.Recognition.IsOpen)
            {
                return unsent;
            }

            ServerCause.Complete(ref cause, _client, _client.Recognition.IsOpen, words);
            return cause;
        }

        /// <summary>Whether pictures are due and none has been sent for a while.</summary>
        private ProblemCause Unseen(ProblemKind kind)
        {
            _sendWatch.Expect();
            ProblemCause cause = _sendWatch.Judge(Period, 0, 0, 0);
            cause.Kind = cause.Kind == ProblemKind.None ? ProblemKind.None : kind;
            return cause;
        }
    }
}
