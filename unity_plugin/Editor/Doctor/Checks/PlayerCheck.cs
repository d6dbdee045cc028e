using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Player settings that affect streams, on every platform.</summary>
    internal sealed class PlayerCheck : QuickCheck
    {
        public override IEnumerable<Finding> Examine()
        {
            yield return PlayerSettings.runInBackground
                ? Finding.Fine("Background", "The game keeps running when its window loses the focus.")
                : Finding.Note(
                    "Background",
                    "The game stops when its window loses the focus: streams pause and catch up afterwards.",
                    "Switch on Run In Background, unless this is intended.",
                    "Switch on",
                    () => PlayerSettings.runInBackground = true);

            yield return Finding.Fine(
                "Colour space",
                PlayerSettings.colorSpace == ColorSpace.Gamma
                    ? "The project is in gamma space: avatars use plain formats, and are shown unchanged."
                    : "The project is in linear space: avatars use sRGB formats.");
        }
    }
}
