using System;
using System.Collections.Generic;

namespace Unity.Profiling
{
    /// <summary>Counts its uses, so that a test sees that a marker is opened and closed.</summary>
    public readonly struct ProfilerMarker
    {
        private readonly string _name;

        public ProfilerMarker(string name) => _name = name;

        public ProfilerMarker(ProfilerCategory category, string name) => _name = name;

        public void Begin() => StubProfiler.Open(_name);

        public void End() => StubProfiler.Close(_name);

        public AutoScope Auto()
        {
            Begin();
            return new AutoScope(this);
        }

        public readonly struct AutoScope : IDisposable
        {
            private readonly ProfilerMarker _marker;

            internal AutoScope(ProfilerMarker marker) => _marker = marker;

            public void Dispose() => _marker.End();
        }
    }

    public readonly struct ProfilerCategory
    {
        private readonly string _name;

        public ProfilerCategory(string categoryName) => _name = categoryName;

        public static ProfilerCategory Scripts => new ProfilerCategory("Scripts");

        public static ProfilerCategory Network => new ProfilerCategory("Network");

        public string Name => _name;
    }

    public enum ProfilerMarkerDataUnit : byte
    {
        Undefined = 0,
        TimeNanoseconds = 1,
        Bytes = 2,
        Count = 3,
        Percent = 4,
        FrequencyHz = 5,
    }

    [Flags]
    public enum ProfilerCounterOptions : ushort
    {
        None = 0,
        FlushOnEndOfFrame = 2,
        ResetToZeroOnFlush = 4,
    }

    public readonly struct ProfilerCounterValue<T> where T : unmanaged
    {
        private readonly T[] _value;

        public ProfilerCounterValue(
            ProfilerCategory category,
            string name,
            ProfilerMarkerDataUnit dataUnit,
            ProfilerCounterOptions counterOptions)
        {
            _value = new T[1];
            StubProfiler.Counters[name] = _value;
        }

        public T Value
        {
            get => _value[0];
            set => _value[0] = value;
        }
    }

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
