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

            yield return Finding.Fine(
                "Colour space",
                PlayerSettings.colorSpace == ColorSpace.Gamma
                    ? "The project is in gamma space: avatars come as plain formats, and are shown as they were drawn."
                    : "The project is in linear space: avatars come as sRGB formats.");
        }
    }
}
