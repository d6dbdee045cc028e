using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>
    /// Closes every stream, thread and socket before the domain is unloaded: an open one would freeze the editor when
    /// play mode ends or scripts are compiled.
    /// </summary>
    internal static class StreamCloser
    {
        [InitializeOnLoadMethod]
        internal static void OnLoad()
        {
            AssemblyReloadEvents.beforeAssemblyReload += CloseAll;
            EditorApplication.quitting += CloseAll;
            EditorApplication.playModeStateChanged += OnPlayMode;
            EditorApplication.pauseStateChanged += OnPause;
        }

        internal static void OnPlayMode(PlayModeStateChange change)
        {
            switch (change)
            {
                case PlayModeStateChange.ExitingPlayMode:
                    BridgeConnection.CloseAll();
                    break;
                case PlayModeStateChange.ExitingEditMode:
                    Previews.CloseAll();
                    break;
            }
        }

        /// <summary>A paused game receives nothing; it continues where it was.</summary>
        internal static void OnPause(PauseState state) => BridgeConnection.PauseAll(state == PauseState.Paused);

        private static void CloseAll()
        {
            BridgeConnection.CloseAll();
            Previews.CloseAll();
        }
    }
}
