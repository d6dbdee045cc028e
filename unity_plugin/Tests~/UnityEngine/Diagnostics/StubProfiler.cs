using System;
using System.Collections.Generic;

namespace Unity.Profiling
{
    /// <summary>What the profiler saw.</summary>
    public static class StubProfiler
    {
        private static readonly Dictionary<string, int> Opened = new Dictionary<string, int>();
        private static readonly Dictionary<string, int> Closed = new Dictionary<string, int>();

        internal static readonly Dictionary<string, Array> Counters = new Dictionary<string, Array>();

        /// <summary>How often a marker was opened; it throws when it is still open.</summary>
        public static int Times(string marker)
        {
            lock (Opened)
            {
                Opened.TryGetValue(marker, out int opened);
                Closed.TryGetValue(marker, out int closed);
                return opened == closed
                    ? opened
                    : throw new InvalidOperationException("the marker " + marker + " is still open");
            }
        }

        /// <summary>The value of a counter.</summary>
        public static T Counter<T>(string name) => ((T[])Counters[name])[0];

        internal static void Open(string name) => Add(Opened, name);

        internal static void Close(string name) => Add(Closed, name);

        private static void Add(Dictionary<string, int> counts, string name)
        {
            lock (Opened)
            {
                counts.TryGetValue(name, out int count);
                counts[name] = count + 1;
            }
        }
    }
}
