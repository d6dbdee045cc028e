namespace UnityEngine
{
    public static class Time
    {
        private static double _now;

        public static float timeScale { get; set; } = 1f;

        public static float time => (float)Read(nameof(time), _now);

        public static float unscaledTime => (float)Read(nameof(unscaledTime), _now);

        public static double unscaledTimeAsDouble => Read(nameof(unscaledTimeAsDouble), _now);

        public static double realtimeSinceStartupAsDouble => Read(nameof(realtimeSinceStartupAsDouble), _now);

        public static float realtimeSinceStartup => (float)Read(nameof(realtimeSinceStartup), _now);

        public static float deltaTime { get; private set; }

        public static float unscaledDeltaTime { get; private set; }

        public static int frameCount { get; private set; }

        internal static void StubReset()
        {
            _now = 0;
            frameCount = 0;
        }

        internal static void StubAdvance(float delta)
        {
            _now += delta;
            frameCount++;
            deltaTime = delta * timeScale;
            unscaledDeltaTime = delta;
        }

        private static double Read(string member, double value)
        {
            if (!Stub.MainThread.IsCurrent)
            {
                Stub.MainThread.Require("get_" + member);
            }

            return value;
        }
    }
}
