using System;

namespace FrameBridge
{
    /// <summary>Why nothing comes, with the numbers that its sentence names. A plain value: comparing two makes no garbage.</summary>
    internal struct ProblemCause
    {
        private const double Drift = 1.5; // numbers that differ by less are told as they were

        /// <summary>What is wrong.</summary>
        internal ProblemKind Kind;

        /// <summary>A sentence that somebody else has made, or the model that blocks; may be null.</summary>
        internal string Text;

        /// <summary>What the server's list says besides about the model; may be null.</summary>
        internal string Detail;

        /// <summary>For <see cref="ProblemKind.Budget"/>: what takes the time.</summary>
        internal Stage Stage;

        /// <summary>For <see cref="ProblemKind.Model"/> without a text: where the model stands by the server's list.</summary>
        internal ModelState State;

        /// <summary>Seconds that an answer takes, or would have; 0 when not known.</summary>
        internal double NeededSeconds;

        /// <summary>Seconds that the way to the server and back takes; 0 when not known.</summary>
        internal double LinkSeconds;

        /// <summary>Seconds that an answer may take; 0 for the server's default.</summary>
        internal double BudgetSeconds;

        /// <summary>Whole seconds that nothing has come.</summary>
        internal int QuietSeconds;

        /// <summary>Whether it is the same cause, whatever its numbers are.</summary>
        internal bool IsLike(in ProblemCause other) =>
            Kind == other.Kind && Stage == other.Stage && State == other.State
            && string.Equals(Text, other.Text, StringComparison.Ordinal)
            && string.Equals(Detail, other.Detail, StringComparison.Ordinal);

        /// <summary>Whether the sentence of the other one still says it.</summary>
        internal bool IsSaidBy(in ProblemCause other) =>
            IsLike(other) && QuietSeconds == other.QuietSeconds && BudgetSeconds == other.BudgetSeconds
            && IsNear(NeededSeconds, other.NeededSeconds) && IsNear(LinkSeconds, other.LinkSeconds);

        private static bool IsNear(double one, double other) =>
            (one > 0) == (other > 0) && one <= other * Drift && other <= one * Drift;
    }
}
