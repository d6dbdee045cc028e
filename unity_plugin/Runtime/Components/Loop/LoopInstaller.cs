using System;
using UnityEngine.LowLevel;
using UnityEngine.PlayerLoop;

namespace FrameBridge
{
    /// <summary>Adds the step to the end of PreUpdate, and removes it. The PlayerLoop outlives scenes.</summary>
    internal static class LoopInstaller
    {
        internal static void Install(PlayerLoopSystem.UpdateFunction step)
        {
            PlayerLoopSystem root = PlayerLoop.GetCurrentPlayerLoop();
            Without(ref root);
            PlayerLoopSystem[] phases = root.subSystemList ?? Array.Empty<PlayerLoopSystem>();
            int at = Array.FindIndex(phases, phase => phase.type == typeof(PreUpdate));
            var mine = new PlayerLoopSystem { type = typeof(BridgeLoop), updateDelegate = step };
            if (at >= 0)
            {
                phases[at].subSystemList = Append(phases[at].subSystemList, mine);
            }
            else
            {
                root.subSystemList = Append(phases, mine); // a game whose custom loop has no PreUpdate
            }

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

            PlayerLoopSystem[] kept = Array.FindAll(children, child => child.type != typeof(BridgeLoop));
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
