using System.Collections.Generic;
using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>
    /// The two texts without which iOS terminates an app that uses the camera or a server on the local network.
    /// </summary>
    internal sealed class AppleCheck : QuickCheck
    {
        internal const string CameraText = "The camera's pictures are used to recognise objects.";

        public override IEnumerable<Finding> Examine()
        {
            yield return string.IsNullOrWhiteSpace(PlayerSettings.iOS.cameraUsageDescription)
                ? Finding.Note(
                    "iOS camera",
                    "There is no Camera Usage Description: iOS terminates an app that opens the camera without one.",
                    "Write one, or take ours and change it later.",
                    "Use ours",
                    () => PlayerSettings.iOS.cameraUsageDescription = CameraText)
                : Finding.Fine("iOS camera", "The Camera Usage Description is set.");

            yield return string.IsNullOrWhiteSpace(ProjectChoices.instance.LocalNetworkText)
                ? Finding.Note(
                    "iOS network",
                    "There is no local network text: iOS asks the player without saying why, or refuses.",
                    "Write one in Project Settings, FrameBridge; each iOS build then puts it into Info.plist.",
                    "Use ours",
                    ProjectChoices.instance.UseOurLocalNetworkText)
                : Finding.Fine("iOS network", "Each iOS build puts the local network text into Info.plist.");
        }
    }
}
