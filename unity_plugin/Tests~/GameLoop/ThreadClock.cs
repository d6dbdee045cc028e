using System;
using System.Runtime.InteropServices;

namespace FrameBridge.GameLoop
{
    /// <summary>The calling thread's CPU time.</summary>
    internal static class ThreadClock
    {
        private const int ThreadCpuTime = 3;

        /// <summary>In milliseconds.</summary>
        internal static double Milliseconds
        {
            get
            {
                if (clock_gettime(ThreadCpuTime, out Timespec time) != 0)
                {
                    throw new InvalidOperationException("this machine has no thread CPU clock");
                }

                return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
            }
        }

        [DllImport("libc")]
        private static extern int clock_gettime(int clock, out Timespec time);

        [StructLayout(LayoutKind.Sequential)]
        private struct Timespec
        {
            internal long Seconds;
            internal long Nanoseconds;
        }
    }
}
