using System;

namespace FrameBridge
{
    /// <summary>
    /// The cause of a problem, with the numbers in its sentence. A plain value; comparing two does not allocate.
    /// </summary>
    internal struct ProblemCause
    {
        private const double Drift = 1.5; // smaller changes of a number keep the old sentence

        /// <summary>The kind of problem.</summary>
        internal ProblemKind Kind;

        /// <summary>A sentence from elsewhere, or the model that blocks; may be null.</summary>
        internal string Text;

        /// <summary>The server's detail about the model; may be null.</summary>
        internal string Detail;

        /// <summary>For <see cref="ProblemKind.Budget"/>: the stage that takes the time.</summary>
        internal Stage Stage;

        /// <summary>For <see cref="ProblemKind.Model"/> without a text: the model's state in the server's list.</summary>
        internal ModelState State;

        /// <summary>Seconds that an answer takes, or would have taken; 0 if not known.</summary>
        internal double NeededSeconds;

        /// <summary>Round trip to the server in seconds; 0 if not known.</summary>
        internal double LinkSeconds;

        /// <summary>The budget in seconds; 0 for the server's default, if that is not known.</summary>
        internal double BudgetSeconds;

        /// <summary>Whether the budget is the model's default.</summary>
        internal bool IsDefaultBudget;

        /// <summary>Whole seconds without an answer.</summary>
        internal int QuietSeconds;

        /// <summary>Whether it is the same cause, ignoring its numbers.</summary>
        internal bool IsLike(in ProblemCause other) =>
            Kind == other.Kind && Stage == other.Stage && State == other.State
            && string.Equals(Text, other.Text, StringComparison.Ordinal)
            && string.Equals(Detail, other.Detail, StringComparison.Ordinal);

        /// <summary>Whether the other one's sentence still applies.</summary>
        internal bool IsSaidBy(in ProblemCause other) =>
            IsLike(other) && QuietSeconds == other.QuietSeconds && BudgetSeconds == other.BudgetSeconds && IsDefaultBudget == other.IsDefaultBudget
            && IsNear(NeededSeconds, other.NeededSeconds) && IsNear(LinkSeconds, other.LinkSeconds);

        private static bool IsNear(double one, double other) =>
            (one > 0) == (other > 0) && one <= other * Drift && other <= one * Drift;
    }
}
