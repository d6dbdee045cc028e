using System;
using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>The scripts that are awake, and the calls they get each frame, in the order in which they woke.</summary>
    internal static class Behaviours
    {
        private static readonly List<MonoBehaviour> Awake = new List<MonoBehaviour>();

        internal static void Add(MonoBehaviour script) => Awake.Add(script);

        internal static void Remove(MonoBehaviour script) => Awake.Remove(script);

        internal static void Clear() => Awake.Clear();

        internal static void Start()
        {
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].StartOnce();
            }
        }

        internal static void Update()
        {
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].Tell(Awake[i].Messages.Update);
            }
        }

        internal static void LateUpdate()
        {
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].Tell(Awake[i].Messages.LateUpdate);
            }
        }

        internal static void OnGui()
        {
            for (int i = 0; i < Awake.Count; i++)
            {
                Awake[i].Tell(Awake[i].Messages.OnGUI);
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
