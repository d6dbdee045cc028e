using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>
    /// Sets the define once every library is present, so that adding them is enough, and removes it when one is
    /// missing, so that the rest of the project still compiles.
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
                Debug.Log($"FrameBridge: {GrpcDefine.Name} was {word}, to match the libraries of this project.");
            }
        }
    }
}
