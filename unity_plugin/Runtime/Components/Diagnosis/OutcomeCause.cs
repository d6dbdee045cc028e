namespace FrameBridge
{
    /// <summary>Turns an outcome into the cause of a problem.</summary>
    internal static class OutcomeCause
    {
        internal static ProblemCause Of(in Outcome outcome, double budget, double link)
        {
            var cause = new ProblemCause { Kind = KindOf(outcome, budget, link), BudgetSeconds = budget };
            switch (cause.Kind)
            {
                case ProblemKind.Request:
                case ProblemKind.Model:
                    cause.Text = outcome.Message;
                    break;
                case ProblemKind.Budget:
                    cause.Stage = outcome.Stage;
                    cause.Text = outcome.Stage == Stage.Blocked ? outcome.BlockedBy : null;
                    cause.NeededSeconds = Needed(outcome, budget);
                    break;
                case ProblemKind.Link:
                    cause.NeededSeconds = Needed(outcome, budget);
                    cause.LinkSeconds = link;
                    break;
                case ProblemKind.Backlog:
                    cause.LinkSeconds = link;
                    break;
            }

            return cause;
        }

        private static ProblemKind KindOf(in Outcome outcome, double budget, double link)
        {
            switch (outcome.Reason)
            {
                case ErrorReason.UnknownModel:
                    return ProblemKind.Model;
                case ErrorReason.Overloaded:
                    return outcome.Stage == Stage.Transport ? ProblemKind.Backlog : ProblemKind.Overloaded;
                case ErrorReason.BudgetUnmeetable:
                case ErrorReason.BudgetMissed:
                    bool tooFar = outcome.Stage == Stage.Transport || (budget > 0 && link >= budget);
                    return tooFar ? ProblemKind.Link : ProblemKind.Budget;
                default:
                    return ProblemKind.Request;
            }
        }

        private static double Needed(in Outcome outcome, double budget) =>
            outcome.OverMicros > 0 ? budget + (outcome.OverMicros / 1e6) : 0;
    }
}
