using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>
    /// Sets the define once every library is there, so that adding them is all a developer has to do, and takes it away
    /// when one goes, so that the rest of the project still compiles.
    /// </summary>
    internal static class LibraryWatch
    {
        [InitializeOnLoadMethod]
        private static void OnLoad() => EditorApplication.delayCall += () => Look(new LibraryCheck());

        internal static void Look(LibraryCheck check)
        {
            if (ProjectChoices.instance.FollowLibraries && check.Settle())
            {
                var word = GrpcDefine.OnAnywhere ? "set" : "removed";
                Debug.Log($"FrameBridge: {GrpcDefine.Name} was {word}, to fit the libraries of this project.");
            }
        }
    }
}
