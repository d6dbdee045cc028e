using System.Collections.Generic;
using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>Whether FrameBridge runs on the active build target.</summary>
    internal sealed class PlatformCheck : QuickCheck
    {
        public override IEnumerable<Finding> Examine()
        {
            if (EditorUserBuildSettings.activeBuildTarget == BuildTarget.WebGL)
            {
                yield return Finding.Fault(
                    "WebGL",
                    "FrameBridge does not run in WebGL builds, neither with a server nor from a recording: they have no threads.",
                    "Build for another platform. In a WebGL build each connection is refused, and components show their fallbacks.");
            }
        }
    }
}
