using System;
using UnityEngine.LowLevel;
using UnityEngine.PlayerLoop;

namespace FrameBridge
{
    /// <summary>
    /// Adds the step to the end of PreUpdate, and the end of the update to the end of PreLateUpdate, after all Update and
    /// LateUpdate methods; and removes them. The PlayerLoop outlives scenes.
    /// </summary>
    internal static class LoopInstaller
    {
        internal static void Install(PlayerLoopSystem.UpdateFunction step, PlayerLoopSystem.UpdateFunction end)
        {
            PlayerLoopSystem root = PlayerLoop.GetCurrentPlayerLoop();
            Without(ref root);
            AddTo(ref root, typeof(PreUpdate), typeof(BridgeLoop), step);
            AddTo(ref root, typeof(PreLateUpdate), typeof(BridgeLoopEnd), end);
            PlayerLoop.SetPlayerLoop(root);
        }

        internal static void Uninstall()
        {
            PlayerLoopSystem root = PlayerLoop.GetCurrentPlayerLoop();
            if (Without(ref root))
            {
                PlayerLoop.SetPlayerLoop(root);
            }
        }

        private static void AddTo(ref PlayerLoopSystem root, Type phase, Type mine, PlayerLoopSystem.UpdateFunction run)
        {
            PlayerLoopSystem[] phases = root.subSystemList ?? Array.Empty<PlayerLoopSystem>();
            int at = Array.FindIndex(phases, item => item.type == phase);
            var system = new PlayerLoopSystem { type = mine, updateDelegate = run };
            if (at >= 0)
            {
                phases[at].subSystemList = Append(phases[at].subSystemList, system);
            }
            else
            {
                root.subSystemList = Append(phases, system); // a game whose custom loop lacks the phase
            }
        }

        private static bool Without(ref PlayerLoopSystem system)
        {
            PlayerLoopSystem[] children = system.subSystemList;
            if (children == null)
            {
                return false;
            }

            bool found = false;
            for (int i = 0; i < children.Length; i++)
            {
                found |= Without(ref children[i]);
            }

            PlayerLoopSystem[] kept = Array.FindAll(children, child => child.type != typeof(BridgeLoop) && child.type != typeof(BridgeLoopEnd));
            found |= kept.Length != children.Length;
            system.subSystemList = kept;
            return found;
        }

        private static PlayerLoopSystem[] Append(PlayerLoopSystem[] list, PlayerLoopSystem item)
        {
            int count = list?.Length ?? 0;
            var longer = new PlayerLoopSystem[count + 1];
            list?.CopyTo(longer, 0);
            longer[count] = item;
            return longer;
        }
    }
}
