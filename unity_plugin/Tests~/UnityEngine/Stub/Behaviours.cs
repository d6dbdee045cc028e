using System;
using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>
    /// The scripts that are awake, and the calls they get each frame: by execution order, and then in the order in which they
    /// woke. One that wakes while the others are called comes last in that round.
    /// </summary>
    internal static class Behaviours
    {
        private static readonly List<MonoBehaviour> Awake = new List<MonoBehaviour>();
        private static bool s_sorted = true;

        internal static void Add(MonoBehaviour script)
        {
            s_sorted &= Awake.Count == 0 || Awake[Awake.Count - 1].ExecutionOrder <= script.ExecutionOrder;
            Awake.Add(script);
        }

        internal static void Remove(MonoBehaviour script) => Awake.Remove(script);

        internal static void Clear() => Awake.Clear();

        internal static void Start()
        {
            Sort();
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].StartOnce();
            }
        }

        internal static void Update()
        {
            Sort();
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].Tell(Awake[i].Messages.Update);
            }
        }

        internal static void LateUpdate()
        {
            Sort();
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].Tell(Awake[i].Messages.LateUpdate);
            }
        }

        internal static void Pause(bool paused)
        {
            foreach (MonoBehaviour script in Awake.ToArray())
            {
                script.Tell(script.Messages.OnApplicationPause, paused);
            }
        }

        internal static void Focus(bool focused)
        {
            foreach (MonoBehaviour script in Awake.ToArray())
            {
                script.Tell(script.Messages.OnApplicationFocus, focused);
            }
        }

        internal static void Quit()
        {
            foreach (MonoBehaviour script in Awake.ToArray())
            {
                script.Tell(script.Messages.OnApplicationQuit);
            }
        }

        /// <summary>Stable, and does not allocate.</summary>
        private static void Sort()
        {
            for (int i = 1; i < Awake.Count && !s_sorted; i++)
            {
                MonoBehaviour script = Awake[i];
                int at = i;
                for (; at > 0 && Awake[at - 1].ExecutionOrder > script.ExecutionOrder; at--)
                {
                    Awake[at] = Awake[at - 1];
                }

                Awake[at] = script;
            }

            s_sorted = true;
        }

        internal static void Guarded(Action call)
        {
            try
            {
                call();
            }
            catch (Exception error)
            {
                Debug.LogException(error);
            }
        }
    }
}
