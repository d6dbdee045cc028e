namespace FrameBridge
{
    /// <summary>The reason why no result arrives.</summary>
    public sealed partial class ModelRunner
    {
        private const string NoModel = "no model is named; set Model to the name of one of the server's models";
        private const string NoInput = "the model gets no input; set Picture, or call SetInput";
        private const string NoInputName = "the texture's input has no name; set Input Name to that of the model's input";

        private const string NotSent = "runs are due and none is sent; the GPU readback fails or hangs, or the uplink is blocked";

        private readonly ProblemWatch _watch = new ProblemWatch();
        private readonly ProblemReport _problem = new ProblemReport();
        private readonly InputCheck _check = new InputCheck();
        private ProblemWords _words;
        private Outcome _unmet; // of the last run, if it has ended without an answer
        private string _setup; // why there is no slot, or why a run cannot be sent
        private string _noPicture; // why the last answer is not shown

        /// <summary>
        /// Why no result arrives and how to fix it, in one sentence: the connection, the inputs, the model, the budget,
        /// the link or the server's load. Empty while results arrive on time.
        /// </summary>
        public string Problem => _problem.Text;

        private bool IsSet => model.Length > 0 && (picture == null ? _inputs.Count > 0 : inputName.Length > 0);

        private bool CanRun => IsSet && InputProblem == null;

        private BridgeModel Declared => BridgeModel.Find(_client?.Models, model);

        /// <summary>The budget in seconds; 0 if the model's default is not known.</summary>
        private double Allowed => budgetSeconds > 0f ? budgetSeconds : (Declared?.DefaultBudgetMicros ?? 0) / 1e6;

        /// <summary>Why the model cannot take the inputs, by what it declares; null if it can.</summary>
        private string InputProblem
        {
            get
            {
                _check.SetPicture(picture == null ? null : inputName, inputLayout, width, height);
                return _check.Problem(Declared, _inputs);
            }
        }

        private ProblemWords Words
        {
            get
            {
                if (_words == null || _words.Model != model)
                {
                    _words = new ProblemWords(model, "result", "results", "Budget Seconds", "lower Runs Per Second");
                }

                return _words;
            }
        }

        private void Judge(double now)
        {
            bool isReady = ConnectionCause.IsReady(Connection, out ProblemCause cause);
            string own = isReady ? FindOwn() : null;
            if (own != null)
            {
                cause = new ProblemCause { Kind = ProblemKind.Setup, Text = own };
            }

            if (!isReady || own != null || _slot == null)
            {
                _watch.Stop();
            }
            else
            {
                cause = runsPerSecond > 0f ? OfSteadyRuns(now) : OfLastRun();
            }

            if (cause.Kind == ProblemKind.None && _noPicture != null)
            {
                cause = new ProblemCause { Kind = ProblemKind.Setup, Text = _noPicture };
            }

            cause.IsDefaultBudget = budgetSeconds <= 0f && cause.BudgetSeconds > 0;
            _problem.Tell(cause, Words, now, this);
        }

        /// <summary>The cause on this side of the link; null if there is none.</summary>
        private string FindOwn()
        {
            if (model.Length == 0)
            {
                return NoModel;
            }

            if (!IsSet)
            {
                return picture == null ? NoInput : NoInputName;
            }

            return InputProblem ?? _setup;
        }

        private ProblemCause OfSteadyRuns(double now)
        {
            _watch.Expect();
            double allowed = Allowed;
            ProblemCause cause = _watch.Judge(1.0 / runsPerSecond, allowed, allowed, _client.Inference.Link.Seconds);
            bool isIdle = _slot.OpenCount == 0 && now - _sentAt > ProblemWatch.PatienceSeconds;
            if (cause.Kind == ProblemKind.Silence && _client.Inference.IsOpen && isIdle)
            {
                return new ProblemCause { Kind = ProblemKind.Setup, Text = NotSent };
            }

            ServerCause.Complete(ref cause, _client, _client.Inference.IsOpen, Words);
            return cause;
        }

        private ProblemCause OfLastRun()
        {
            _watch.Stop();
            bool isWell = _unmet.Disposition == Disposition.Unspecified || _unmet.Disposition == Disposition.Superseded
                || _unmet.Disposition == Disposition.Cancelled;
            return isWell ? default : OutcomeCause.Of(_unmet, Allowed, _client.Inference.Link.Seconds);
        }
    }
}
