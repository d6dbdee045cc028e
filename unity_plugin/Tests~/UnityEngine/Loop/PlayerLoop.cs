using System;
using System.Collections.Generic;

namespace UnityEngine.LowLevel
{
    /// <summary>
    /// The loop of a frame. As in Unity, GetCurrentPlayerLoop returns a copy, and nothing changes until SetPlayerLoop;
    /// it outlives a change of scenes and the end of play mode.
    /// </summary>
    public class PlayerLoop
    {
        private static PlayerLoopSystem _current = NativeLoop.Make();
        private static PlayerLoopSystem[] _flat = Flatten(_current);

        /// <summary>Called before and after the delegate of each system that is not the engine's own.</summary>
        public static event Action<Type, bool> StubAround;

        public static PlayerLoopSystem GetDefaultPlayerLoop() => NativeLoop.Make();

        public static PlayerLoopSystem GetCurrentPlayerLoop()
        {
            Stub.MainThread.Require("GetCurrentPlayerLoop");
            return Copy(_current);
        }

        public static void SetPlayerLoop(PlayerLoopSystem loop)
        {
            Stub.MainThread.Require("SetPlayerLoop");
            _current = Copy(loop);
            _flat = Flatten(_current);
        }

        internal static void StubReset()
        {
            _current = NativeLoop.Make();
            _flat = Flatten(_current);
        }

        internal static void StubRun()
        {
            PlayerLoopSystem[] flat = _flat;
            for (int i = 0; i < flat.Length; i++)
            {
                NativeLoop.Run(flat[i].updateFunction);
                if (flat[i].updateDelegate != null)
                {
                    RunDelegate(flat[i]);
                }
            }
        }

        private static void RunDelegate(in PlayerLoopSystem system)
        {
            StubAround?.Invoke(system.type, true);
            try
            {
                system.updateDelegate();
            }
            catch (Exception error)
            {
                Debug.LogException(error);
            }

            StubAround?.Invoke(system.type, false);
        }

        private static PlayerLoopSystem Copy(PlayerLoopSystem from)
        {
            if (from.subSystemList != null)
            {
                from.subSystemList = (PlayerLoopSystem[])from.subSystemList.Clone();
                for (int i = 0; i < from.subSystemList.Length; i++)
                {
                    from.subSystemList[i] = Copy(from.subSystemList[i]);
                }
            }

            return from;
        }

        private static PlayerLoopSystem[] Flatten(in PlayerLoopSystem root)
        {
            var flat = new List<PlayerLoopSystem>();
            Collect(root, flat);
            return flat.ToArray();
        }

        private static void Collect(in PlayerLoopSystem system, List<PlayerLoopSystem> flat)
        {
            flat.Add(system);
            foreach (PlayerLoopSystem child in system.subSystemList ?? Array.Empty<PlayerLoopSystem>())
            {
                Collect(child, flat);
            }
        }
    }
}
