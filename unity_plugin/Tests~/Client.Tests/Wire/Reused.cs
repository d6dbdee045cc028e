using System;

namespace FrameBridge.Tests
{
    /// <summary>One message object per thread, reused as by the streams.</summary>
    internal static class Reused<T>
        where T : class, new()
    {
        [ThreadStatic]
        private static T s_one;

        public static T One => s_one ?? (s_one = new T());
    }
}
