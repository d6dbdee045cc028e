using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Player settings that streams care about, on every platform.</summary>
    internal sealed class PlayerCheck : QuickCheck
    {
        public override IEnumerable<Finding> Examine()
        {
            yield return PlayerSettings.runInBackground
                ? Finding.Fine("Background", "The game runs on when its window loses the focus.")
                : Finding.Note(
                    "Background",
                    "The game stops when its window loses the focus: streams pause and catch up afterwards.",
                    "Switch on Run In Background, unless that is what you want.",
                    "Switch on",
                    () => PlayerSettings.runInBackground = true);

            if (PlayerSettings.colorSpace == ColorSpace.Gamma)
            {
                yield return Finding.Note(
                    "Colour space",
                    "The project is in gamma space: avatars look right, but half-transparent rims blend darker.",
                    "Use linear space where the game allows it (Player settings, Other settings).");
            }
        }
    }
}
