using System;
using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>
    /// Objects are first made whole and then woken: Awake and OnEnable of each script, by execution order and then by the
    /// order of the file.
    /// </summary>
    internal static class Awakening
    {
        private static int _holds;

        /// <summary>Whether objects are just being made: nothing wakes.</summary>
        internal static bool IsHeld => _holds > 0;

        /// <summary>Makes objects, none of which wakes.</summary>
        internal static void Hold(Action make)
        {
            _holds++;
            try
            {
                make();
            }
            finally
            {
                _holds--;
            }
        }

        internal static void Wake(List<MonoBehaviour> scripts)
        {
            var sorted = new List<MonoBehaviour>(scripts);
            sorted.Sort((a, b) => a.ExecutionOrder != b.ExecutionOrder
                ? a.ExecutionOrder.CompareTo(b.ExecutionOrder)
                : scripts.IndexOf(a).CompareTo(scripts.IndexOf(b)));
            foreach (MonoBehaviour script in sorted)
            {
                if (script != null)
                {
                    script.Refresh();
                }
            }
        }
    }
}
