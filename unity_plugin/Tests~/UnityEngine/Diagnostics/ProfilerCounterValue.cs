namespace Unity.Profiling
{
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
}
