using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>Outcomes that a server sends in place of an answer.</summary>
    internal static class Outcomes
    {
        internal static V1.Outcome Of(V1.Disposition disposition, V1.ErrorReason reason, string message) => new V1.Outcome
        {
            Disposition = disposition,
            Error = new V1.ErrorDetail { Reason = reason, Message = message },
        };

        internal static V1.Outcome Refused(V1.ErrorReason reason, string message = "") => Of(V1.Disposition.Refused, reason, message);

        /// <summary>Late or refused for its budget: by how much, and what took the time.</summary>
        internal static V1.Outcome OverBudget(double seconds, V1.Stage stage, string blockedBy = "", bool missed = false)
        {
            V1.Outcome outcome = missed
                ? Of(V1.Disposition.Missed, V1.ErrorReason.BudgetMissed, "late")
                : Refused(V1.ErrorReason.BudgetUnmeetable, "no way");
            outcome.Stage = stage;
            outcome.OverMicros = (long)(seconds * 1e6);
            outcome.BlockedBy = blockedBy;
            outcome.Timing = new V1.Timing { ServerMicros = 1000 };
            return outcome;
        }
    }
}
