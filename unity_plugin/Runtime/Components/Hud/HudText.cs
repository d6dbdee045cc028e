using System;
using System.Globalization;
using System.Text;

namespace FrameBridge
{
    /// <summary>Formats the statistics. Allocates a string twice a second.</summary>
    internal sealed class HudText
    {
        private static readonly Stage[] Stages =
        {
            Stage.Queue, Stage.Blocked, Stage.BatchWait, Stage.Decode, Stage.Compute, Stage.Encode, Stage.Transport,
        };

        private readonly StringBuilder _text = new StringBuilder(512);
        private readonly long[] _bytes = new long[3];

        internal string Write(BridgeConnection connection, double seconds)
        {
            _text.Clear();
            _text.Append("FrameBridge  ").Append(connection.State.ToString());
            BridgeClient client = connection.Client;
            if (client != null)
            {
                Add("  link ", client.LinkSeconds * 1000, "0.0", " ms");
                Add("  step ", BridgeLoop.LastMilliseconds, "0.00", " ms");
                Line("avatars", 0, client.Statistics.Avatar, seconds);
                Line("dialogue", 1, client.Statistics.Dialogue, seconds);
                Line("cameras", 2, client.Statistics.Recognition, seconds);
            }

            if (connection.Problem.Length > 0)
            {
                _text.Append('\n').Append(connection.Problem);
            }

            return _text.ToString();
        }

        private void Line(string name, int index, CapabilityStatistics of, double seconds)
        {
            long bytes = of.ReceivedBytes + of.SentBytes;
            double rate = seconds > 0 ? Math.Max(0, bytes - _bytes[index]) / seconds / 1024 : 0;
            _bytes[index] = bytes;
            _text.Append('\n').Append(name);
            Add("  ", of.InBudgetShare * 100, "0.0", " % in budget");
            Add("  p50 ", of.P50Seconds * 1000, "0.0", " ms");
            Add("  p99 ", of.P99Seconds * 1000, "0.0", " ms");
            Add("  ", rate, "0", " KiB/s");
            Count("  repeated ", of.RepeatedCount);
            Count("  unchanged ", of.UnchangedCount);
            Late(of);
        }

        private void Count(string before, long count)
        {
            if (count > 0)
            {
                _text.Append(before).Append(count);
            }
        }

        private void Late(CapabilityStatistics of)
        {
            if (of.LateCount == 0)
            {
                return;
            }

            _text.Append("  late ").Append(of.LateCount);
            foreach (Stage stage in Stages)
            {
                long late = of.LateBy(stage);
                if (late > 0)
                {
                    _text.Append(' ').Append(stage.ToString()).Append(' ').Append(late);
                }
            }
        }

        private void Add(string before, double number, string format, string after) =>
            _text.Append(before).Append(number.ToString(format, CultureInfo.InvariantCulture)).Append(after);
    }
}
