using System;

namespace FrameBridge.Tests
{
    /// <summary>One message object a thread, used again and again as the streams do.</summary>
    internal static class Reused<T>
        where T : class, new()
    {
        [ThreadStatic]
        private static T s_one;

        public static T One => s_one ?? (s_one = new T());
    }
}
