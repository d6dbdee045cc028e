using System;
using System.Reflection;

namespace UnityEngine.Stub
{
    internal static class InitializeOnLoad
    {
        /// <summary>Those that come before the first scene is loaded.</summary>
        internal static readonly RuntimeInitializeLoadType[] Before =
        {
            RuntimeInitializeLoadType.SubsystemRegistration,
            RuntimeInitializeLoadType.AfterAssembliesLoaded,
            RuntimeInitializeLoadType.BeforeSplashScreen,
            RuntimeInitializeLoadType.BeforeSceneLoad,
        };

        internal static readonly RuntimeInitializeLoadType[] After = { RuntimeInitializeLoadType.AfterSceneLoad };

        internal static void Run(RuntimeInitializeLoadType[] phases, Assembly[] assemblies)
        {
            foreach (RuntimeInitializeLoadType phase in phases)
            {
                foreach (Assembly assembly in assemblies)
                {
                    RunPhase(assembly, phase);
                }
            }
        }

        private static void RunPhase(Assembly assembly, RuntimeInitializeLoadType phase)
        {
            foreach (Type type in assembly.GetTypes())
            {
                foreach (MethodInfo method in type.GetMethods(
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    var mark = method.GetCustomAttribute<RuntimeInitializeOnLoadMethodAttribute>();
                    if (mark != null && mark.loadType == phase)
                    {
                        Behaviours.Guarded((Action)method.CreateDelegate(typeof(Action)));
                    }
                }
            }
        }
    }
}
