using System.Collections.Generic;
using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>Android's permission to reach a server. Unity drops it, as its own network classes are not used.</summary>
    internal sealed class AndroidCheck : QuickCheck
    {
        public override IEnumerable<Finding> Examine()
        {
            yield return PlayerSettings.Android.forceInternetPermission
                ? Finding.Fine("Android", "Internet Access is set to Require.")
                : Finding.Note(
                    "Android",
                    "Internet Access is set to Auto, so a build may lack the permission to reach a server.",
                    "Set it to Require.",
                    "Require",
                    () => PlayerSettings.Android.forceInternetPermission = true);
        }
    }
}
