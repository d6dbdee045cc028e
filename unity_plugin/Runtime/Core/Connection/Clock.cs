using System;
using System.Diagnostics;

namespace FrameBridge
{
    /// <summary>The client's monotonic clock.</summary>
    internal static class Clock
    {
        private static readonly double s_secondsPerTick = 1.0 / Stopwatch.Frequency;

        /// <summary>Now, in seconds.</summary>
        public static double Now => Stopwatch.GetTimestamp() * s_secondsPerTick;

        /// <summary>Seconds as the contract's microseconds; negative values and NaN count as 0.</summary>
        public static long Micros(double seconds) =>
            seconds > 0 ? (long)Math.Round(Math.Min(seconds, 1e9) * 1e6) : 0;
    }
}
