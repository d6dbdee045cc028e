using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// Messages over the connection and CPU time of the client since this was made: of the main thread, which includes the
    /// game itself and its waiting, and of all others.
    /// </summary>
    internal sealed class Traffic
    {
        private static readonly Capability[] Streams =
        {
            Capability.Avatar, Capability.Dialogue, Capability.Recognition, Capability.Inference,
        };

        private readonly BridgeStatistics _statistics;
        private readonly long[] _before;
        private readonly double _main = ThreadClock.Milliseconds;
        private readonly double _process = ProcessMilliseconds;

        /// <summary>Begins to count. On the main thread, as the other member.</summary>
        internal Traffic(BridgeStatistics statistics)
        {
            _statistics = statistics;
            _before = Counts();
        }

        private static double ProcessMilliseconds
        {
            get
            {
                using (Process process = Process.GetCurrentProcess())
                {
                    return process.TotalProcessorTime.TotalMilliseconds;
                }
            }
        }

        /// <summary>A second's messages and parts up and down, and milliseconds of CPU.</summary>
        internal Dictionary<string, object> Since(double seconds)
        {
            double main = ThreadClock.Milliseconds - _main;
            double process = ProcessMilliseconds - _process;
            long[] now = Counts();
            double Rate(int index) => Math.Round((now[index] - _before[index]) / seconds, 1);
            return new Dictionary<string, object>
            {
                ["messages_up_per_second"] = Rate(0),
                ["parts_up_per_second"] = Rate(1),
                ["messages_down_per_second"] = Rate(2),
                ["parts_down_per_second"] = Rate(3),
                ["main_thread_cpu_ms_per_second"] = Math.Round(main / seconds, 2),
                ["other_threads_cpu_ms_per_second"] = Math.Round((process - main) / seconds, 2),
            };
        }

        private long[] Counts()
        {
            var counts = new long[4];
            foreach (Capability stream in Streams)
            {
                CapabilityStatistics of = _statistics.Of(stream);
                counts[0] += of.SentMessageCount;
                counts[1] += of.SentPartCount;
                counts[2] += of.ReceivedMessageCount;
                counts[3] += of.ReceivedPartCount;
            }

            return counts;
        }
    }
}
