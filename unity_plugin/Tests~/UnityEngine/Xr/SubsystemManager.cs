using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>The subsystems that a test has plugged in; without one there is no headset.</summary>
    public static class SubsystemManager
    {
        private static readonly List<ISubsystem> There = new List<ISubsystem>();

        /// <summary>Refills the list.</summary>
        public static void GetSubsystems<T>(List<T> subsystems) where T : ISubsystem
        {
            MainThread.Require("GetSubsystems");
            subsystems.Clear();
            for (int i = 0; i < There.Count; i++)
            {
                if (There[i] is T match)
                {
                    subsystems.Add(match);
                }
            }
        }

        /// <summary>Plugs one in.</summary>
        public static T StubAdd<T>(T subsystem) where T : ISubsystem
        {
            There.Add(subsystem);
            return subsystem;
        }

        internal static void StubRemove(ISubsystem subsystem) => There.Remove(subsystem);

        internal static void StubReset() => There.Clear();
    }
}
