using Unity.Profiling;

namespace FrameBridge
{
    /// <summary>Profiler counters of one capability. They cost nothing in a release build.</summary>
    internal sealed class BridgeCounters
    {
        private ProfilerCounterValue<long> _inBudget;
        private ProfilerCounterValue<long> _late;
        private ProfilerCounterValue<long> _received;
        private ProfilerCounterValue<long> _sent;

        internal BridgeCounters(string capability)
        {
            _inBudget = Make(capability + " in budget", ProfilerMarkerDataUnit.Count);
            _late = Make(capability + " late", ProfilerMarkerDataUnit.Count);
            _received = Make(capability + " received", ProfilerMarkerDataUnit.Bytes);
            _sent = Make(capability + " sent", ProfilerMarkerDataUnit.Bytes);
        }

        internal void Show(CapabilityStatistics statistics)
        {
            _inBudget.Value = statistics.InBudgetCount;
            _late.Value = statistics.LateCount;
            _received.Value = statistics.ReceivedBytes;
            _sent.Value = statistics.SentBytes;
        }

        private static ProfilerCounterValue<long> Make(string name, ProfilerMarkerDataUnit unit) =>
            new ProfilerCounterValue<long>(
                ProfilerCategory.Scripts, "FrameBridge " + name, unit, ProfilerCounterOptions.FlushOnEndOfFrame);
    }
}
