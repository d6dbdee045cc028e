using System;
using System.Reflection;

namespace UnityEngine.Stub
{
    /// <summary>The methods of a script that the engine calls by their names, private ones included.</summary>
    internal sealed class Messages
    {
        internal readonly Action Awake;
        internal readonly Action OnEnable;
        internal readonly Action Start;
        internal readonly Action Update;
        internal readonly Action LateUpdate;
        internal readonly Action OnDisable;
        internal readonly Action OnDestroy;
        internal readonly Action OnApplicationQuit;
        internal readonly Action OnValidate;
        internal readonly Action Reset;
        internal readonly Action<bool> OnApplicationPause;
        internal readonly Action<bool> OnApplicationFocus;

        internal Messages(object script)
        {
            Awake = Find<Action>(script, nameof(Awake));
            OnEnable = Find<Action>(script, nameof(OnEnable));
            Start = Find<Action>(script, nameof(Start));
            Update = Find<Action>(script, nameof(Update));
            LateUpdate = Find<Action>(script, nameof(LateUpdate));
            OnDisable = Find<Action>(script, nameof(OnDisable));
            OnDestroy = Find<Action>(script, nameof(OnDestroy));
            OnApplicationQuit = Find<Action>(script, nameof(OnApplicationQuit));
            OnValidate = Find<Action>(script, nameof(OnValidate));
            Reset = Find<Action>(script, nameof(Reset));
            OnApplicationPause = Find<Action<bool>>(script, nameof(OnApplicationPause));
            OnApplicationFocus = Find<Action<bool>>(script, nameof(OnApplicationFocus));
        }

        private static T Find<T>(object script, string name) where T : Delegate
        {
            Type[] arguments = typeof(T) == typeof(Action) ? Type.EmptyTypes : new[] { typeof(bool) };
            for (Type type = script.GetType(); type != null; type = type.BaseType)
            {
                MethodInfo method = type.GetMethod(
                    name,
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly,
                    null,
                    arguments,
                    null);
                if (method != null && method.ReturnType == typeof(void))
                {
                    return (T)method.CreateDelegate(typeof(T), script);
                }
            }

            return null;
        }
    }
}
