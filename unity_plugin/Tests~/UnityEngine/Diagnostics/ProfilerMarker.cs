using System;

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
}
