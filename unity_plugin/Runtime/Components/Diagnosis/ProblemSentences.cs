using System;
using System.Globalization;

namespace FrameBridge
{
    /// <summary>What is wrong and what mends it, in one sentence. Each call makes a string: not for every frame.</summary>
    internal static class ProblemSentences
    {
        internal const string NoConnection =
            "no connection is enabled in the scene; add a FrameBridge Connection (GameObject, FrameBridge), or enable the one that is there";

        internal const string NobodyToTalkTo = "the conversation has nobody to talk to; set its Npc to a character";

        internal const string Disabled = "the connection is disabled; enable its component and its game object";

        internal const string NotTold = "the connection was not told to connect; tick Connect On Enable or call Connect";

        internal const string Paused = "the connection rests while the application is paused; it comes back with it";

        private const double Margin = 1.2; // of a budget that is proposed: answers vary

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
                    return "only earlier " + words.Answers + " come again: this server cannot make new ones in time and "
                        + Allowed(cause, words) + "; " + Raise(0, words) + ", or " + words.AskLess;
                case ProblemKind.Overloaded:
                    return "no " + words.Answer + ": too many requests wait on the server already; " + words.AskLess;
                case ProblemKind.Stream: return Stream(cause, words);
                case ProblemKind.NoPicture:
                    return "the camera has given no picture for " + cause.QuietSeconds
                        + " s; another program may have it, or the user has not answered yet whether it may be used";
                case ProblemKind.NotSent:
                    return "no picture has gone up for " + cause.QuietSeconds
                        + " s; the camera gives none, the GPU does not give them back, or the way up is blocked";
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
                return "no " + words.Answer + ": " + cause.Text; // the server says it best
            }

            string model = "the model '" + words.Model + "'";
            switch (cause.State)
            {
                case ModelState.Loading:
                    string how = cause.Detail == null ? string.Empty : " (" + cause.Detail + ")";
                    return "no " + words.Answer + " yet: " + model + " is still loading on the server" + how + "; it comes by itself";
                case ModelState.Failed:
                    return model + " could not be loaded on the server" + (cause.Detail == null ? "; its log says why" : ": " + cause.Detail);
                case ModelState.Unloading:
                case ModelState.Unloaded:
                    return model + " is not loaded on the server; load it there, or start it with `framebridge serve --models "
                        + words.Model + "`";
                case ModelState.Ready: return model + " was ready and the server has unloaded it since; load it there again";
                default:
                    return "the server does not know " + model + "; start one with `framebridge serve --models " + words.Model + "`";
            }
        }

        private static string Link(in ProblemCause cause, ProblemWords words)
        {
            double needed = Math.Max(cause.NeededSeconds, cause.LinkSeconds);
            string link = cause.LinkSeconds > 0 ? "the link takes " + Milliseconds(cause.LinkSeconds) + " there and back" : "the link is slow";
            string whole = needed > cause.LinkSeconds ? " (an answer all in all " + Milliseconds(needed) + ")" : string.Empty;
            return words.Answers + " come too late: " + link + whole + " and " + Allowed(cause, words) + "; " + Raise(needed, words)
                + ", or use a nearer server";
        }

        private static string Backlog(in ProblemCause cause, ProblemWords words) =>
            "the server holds " + words.Answers + " back, since earlier ones are still on their way: the link is too slow for so many"
            + (cause.LinkSeconds > 0 ? " (" + Milliseconds(cause.LinkSeconds) + " there and back)" : string.Empty) + "; "
            + words.AskLess + ", or use a quicker link";

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
                case Stage.Queue: return ", mostly for earlier work of the kind,";
                case Stage.Blocked: return ", mostly for " + Blocker(cause.Text) + ",";
                case Stage.BatchWait: return ", mostly until a batch is full,";
                case Stage.Compute: return ", mostly for the model itself,";
                case Stage.Encode: return ", mostly for encoding the answer,";
                case Stage.Decode: return ", mostly until its picture is decoded,";
                default: return string.Empty;
            }
        }

        private static string Blocker(string model) => string.IsNullOrEmpty(model) ? "another model" : "the model '" + model + "'";

        private static string Allowed(in ProblemCause cause, ProblemWords words) =>
            words.Budget + (cause.BudgetSeconds > 0 ? " allows " + Milliseconds(cause.BudgetSeconds) : " is the server's default");

        private static string Raise(double needed, ProblemWords words) => needed > 0
            ? "raise " + words.Budget + " to about " + Seconds(needed * Margin)
            : "raise " + words.Budget;

        private static string Stream(in ProblemCause cause, ProblemWords words) =>
            "the stream for " + words.Answers + " does not open although the connection is ready"
            + (string.IsNullOrEmpty(cause.Text) ? "; the server's log says more" : ": " + cause.Text);

        private static string Milliseconds(double seconds) =>
            (seconds * 1000).ToString(seconds < 0.01 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

        private static string Seconds(double seconds) => // as the inspector's field takes it, rounded up
            (Math.Ceiling(seconds * 1000) / 1000).ToString(seconds < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
    }
}
