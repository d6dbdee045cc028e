namespace Unity.Profiling
{
    public readonly struct ProfilerCategory
    {
        private readonly string _name;

        public ProfilerCategory(string categoryName) => _name = categoryName;

        public static ProfilerCategory Scripts => new ProfilerCategory("Scripts");

        public static ProfilerCategory Network => new ProfilerCategory("Network");

        public string Name => _name;
    }
}
