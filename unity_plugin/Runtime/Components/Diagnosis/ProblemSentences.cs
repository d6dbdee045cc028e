using System;
using System.Globalization;

namespace FrameBridge
{
    /// <summary>What is wrong and how to fix it, in one sentence. Each call allocates a string: not for every frame.</summary>
    internal static class ProblemSentences
    {
        internal const string NoConnection =
            "no connection is enabled in the scene; add a FrameBridge Connection (GameObject, FrameBridge), or enable the existing one";

        internal const string NoCharacter = "the conversation has no character; set its Npc";

        internal const string Disabled = "the connection is disabled; enable its component and its game object";

        internal const string NotStarted = "the connection is not started; tick Connect On Enable or call Connect";

        internal const string Paused = "the connection is suspended while the application is paused; it resumes with it";

        private const double Margin = 1.2; // of a proposed budget: answers vary

        internal static string Of(in ProblemCause cause, ProblemWords words)
        {
            switch (cause.Kind)
            {
                case ProblemKind.None: return string.Empty;
                case ProblemKind.Model: return Model(cause, words);
                case ProblemKind.Link: return Link(cause, words);
                case ProblemKind.Backlog: return Backlog(cause, words);
                case ProblemKind.Budget: return Budget(cause, words);
                case ProblemKind.Repeat:
                    return "only earlier " + words.Answers + " are repeated: this server cannot make new ones in time and "
                        + Allowed(cause, words) + "; " + Raise(0, words) + ", or " + words.AskLess;
                case ProblemKind.Overloaded:
                    return "no " + words.Answer + ": the server's queue is full; " + words.AskLess;
                case ProblemKind.Stream: return Stream(cause, words);
                case ProblemKind.NoPicture:
                    return "the camera has delivered no picture for " + cause.QuietSeconds
                        + " s; another program may be using it, or the user has not answered the permission request";
                case ProblemKind.NotSent:
                    return "no picture has been sent for " + cause.QuietSeconds
                        + " s; the camera delivers none, the GPU readback hangs, or the uplink is blocked";
                case ProblemKind.Silence:
                    return "no " + words.Answer + " for " + cause.QuietSeconds
                        + " s although the connection is ready; the server's log says more";
                default: return string.IsNullOrEmpty(cause.Text) ? "no " + words.Answer + "; the server does not say why" : cause.Text;
            }
        }

        private static string Model(in ProblemCause cause, ProblemWords words)
        {
            if (!string.IsNullOrEmpty(cause.Text))
            {
                return "no " + words.Answer + ": " + cause.Text; // the server's message is more precise
            }

            string model = "the model '" + words.Model + "'";
            switch (cause.State)
            {
                case ModelState.Loading:
                    string how = cause.Detail == null ? string.Empty : " (" + cause.Detail + ")";
                    return "no " + words.Answer + " yet: " + model + " is still loading on the server" + how + "; wait until it is ready";
                case ModelState.Failed:
                    return model + " could not be loaded on the server" + (cause.Detail == null ? "; its log says why" : ": " + cause.Detail);
                case ModelState.Unloading:
                case ModelState.Unloaded:
                    return model + " is not loaded on the server; load it, or start the server with `framebridge serve --models "
                        + words.Model + "`";
                case ModelState.Ready: return model + " was ready, but the server has unloaded it; load it again";
                default:
                    return "the server does not know " + model + "; start one with `framebridge serve --models " + words.Model + "`";
            }
        }

        private static string Link(in ProblemCause cause, ProblemWords words)
        {
            double needed = Math.Max(cause.NeededSeconds, cause.LinkSeconds);
            string link = cause.LinkSeconds > 0 ? "the link takes " + Milliseconds(cause.LinkSeconds) + " round trip" : "the link is slow";
            string whole = needed > cause.LinkSeconds ? " (an answer in total " + Milliseconds(needed) + ")" : string.Empty;
            return words.Answers + " arrive too late: " + link + whole + " and " + Allowed(cause, words) + "; " + Raise(needed, words)
                + ", or use a nearer server";
        }

        private static string Backlog(in ProblemCause cause, ProblemWords words) =>
            "the server holds " + words.Answers + " back, since earlier ones are still in transit: the link is too slow for this rate"
            + (cause.LinkSeconds > 0 ? " (" + Milliseconds(cause.LinkSeconds) + " round trip)" : string.Empty) + "; "
            + words.AskLess + ", or use a faster link";

        private static string Budget(in ProblemCause cause, ProblemWords words)
        {
            string takes = cause.NeededSeconds > 0 ? "about " + Milliseconds(cause.NeededSeconds) : "longer";
            return "no " + words.Answer + " in time: this server takes " + takes + What(cause) + " and " + Allowed(cause, words) + "; "
                + Raise(cause.NeededSeconds, words) + ", or " + words.AskLess;
        }

        private static string What(in ProblemCause cause)
        {
            switch (cause.Stage)
            {
                case Stage.Queue: return ", mostly for earlier work of the same kind,";
                case Stage.Blocked: return ", mostly for " + Blocker(cause.Text) + ",";
                case Stage.BatchWait: return ", mostly until a batch is full,";
                case Stage.Compute: return ", mostly for the model itself,";
                case Stage.Encode: return ", mostly for encoding the answer,";
                case Stage.Decode: return ", mostly until its picture is decoded,";
                default: return string.Empty;
            }
        }

        private static string Blocker(string model) => string.IsNullOrEmpty(model) ? "another model" : "the model '" + model + "'";

        private static string Allowed(in ProblemCause cause, ProblemWords words)
        {
            if (cause.IsDefaultBudget)
            {
                return words.Budget + " is the model's default of " + Milliseconds(cause.BudgetSeconds);
            }

            return words.Budget + (cause.BudgetSeconds > 0 ? " allows " + Milliseconds(cause.BudgetSeconds) : " is the server's default");
        }

        private static string Raise(double needed, ProblemWords words) => needed > 0
            ? "raise " + words.Budget + " to about " + Seconds(needed * Margin)
            : "raise " + words.Budget;

        private static string Stream(in ProblemCause cause, ProblemWords words) =>
            "the stream for " + words.Answers + " does not open although the connection is ready"
            + (string.IsNullOrEmpty(cause.Text) ? "; the server's log says more" : ": " + cause.Text);

        private static string Milliseconds(double seconds) =>
            (seconds * 1000).ToString(seconds < 0.01 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

        private static string Seconds(double seconds) => // in the inspector's format, rounded up
            (Math.Ceiling(seconds * 1000) / 1000).ToString(seconds < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
    }
}
