using System.Threading;

namespace UnityEngine.Stub
{
    /// <summary>Unity's main thread, and the exception that Unity throws on other threads.</summary>
    public static class MainThread
    {
        private static Thread _thread;

        /// <summary>Whether the caller is on the main thread.</summary>
        public static bool IsCurrent => _thread == null || Thread.CurrentThread == _thread;

        /// <summary>Makes the caller's thread the main thread.</summary>
        public static void Bind() => _thread = Thread.CurrentThread;

        /// <summary>Unbinds the thread: the next one to bind is the main thread.</summary>
        public static void Release() => _thread = null;

        /// <summary>Throws as Unity does if the caller is not on the main thread.</summary>
        public static void Require(string member)
        {
            if (!IsCurrent)
            {
                throw new UnityException(member + " can only be called from the main thread.");
            }
        }
    }
}
