using System;
using System.Diagnostics;
using System.Threading;

namespace FrameBridge.GameLoop
{
    /// <summary>Sixty frames a second, as on a display: a late frame is not made up for.</summary>
    internal sealed class FrameClock
    {
        internal const double FrameSeconds = 1.0 / 60;

        private double _next = Now;
        private double _last = Now;

        /// <summary>The machine's monotonic clock in seconds, also used by the server's log.</summary>
        internal static double Now => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

        /// <summary>Frames that began more than half a frame late.</summary>
        internal int LateFrames { get; private set; }

        internal int Frames { get; private set; }

        /// <summary>Waits for the next frame; returns the seconds since the last one.</summary>
        internal float Wait()
        {
            _next += FrameSeconds;
            double left = _next - Now;
            if (left > 0.001)
            {
                Thread.Sleep((int)(left * 1000));
            }

            while (Now < _next)
            {
                Thread.Yield();
            }

            double now = Now;
            LateFrames += now - _next > FrameSeconds / 2 ? 1 : 0;
            _next = Math.Max(_next, now - FrameSeconds);
            float delta = (float)(now - _last);
            _last = now;
            Frames++;
            return delta;
        }
    }
}
