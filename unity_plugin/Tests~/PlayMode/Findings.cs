using System;
using System.Globalization;

namespace FrameBridge.PlayMode
{
    /// <summary>The leaks of all cycles.</summary>
    internal sealed class Findings
    {
        internal string Mode { get; set; }

        internal int Cycles { get; set; }

        internal int LeakedContexts { get; set; }

        internal int LeakedSockets { get; set; }

        /// <summary>Cycles that left our textures, buffers or subscribers in the engine.</summary>
        internal int LeakedObjects { get; set; }

        /// <summary>Exceptions in the console and of unobserved tasks.</summary>
        internal int Exceptions { get; set; }

        internal double SlowestExitMilliseconds { get; set; }

        internal double Seconds { get; set; }

        internal bool IsClean => LeakedContexts == 0 && LeakedSockets == 0 && LeakedObjects == 0 && Exceptions == 0;

        internal void SawExit(TimeSpan took) =>
            SlowestExitMilliseconds = Math.Max(SlowestExitMilliseconds, took.TotalMilliseconds);

        internal string ToJson() => string.Format(
            CultureInfo.InvariantCulture,
            "{{\"mode\": \"{0}\", \"cycles\": {1}, \"leaked_contexts\": {2}, \"leaked_sockets\": {3}, \"leaked_objects\": {4}, "
            + "\"exceptions\": {5}, \"slowest_exit_ms\": {6:0.0}, \"seconds\": {7:0.0}}}",
            Mode,
            Cycles,
            LeakedContexts,
            LeakedSockets,
            LeakedObjects,
            Exceptions,
            SlowestExitMilliseconds,
            Seconds);
    }
}
