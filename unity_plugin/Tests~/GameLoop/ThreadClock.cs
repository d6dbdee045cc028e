using System;
using System.Runtime.InteropServices;

namespace FrameBridge.GameLoop
{
    /// <summary>The time that the calling thread has spent on a processor.</summary>
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
                    throw new InvalidOperationException("this machine has no clock for a thread's own time");
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
