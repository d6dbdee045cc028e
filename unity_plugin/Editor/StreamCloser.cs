using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>
    /// Closes every stream, thread and socket before the editor takes their domain away: one that were left open would
    /// freeze the editor when play mode ends or scripts are compiled.
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

        /// <summary>A game that stands still is given nothing; it goes on where it was.</summary>
        internal static void OnPause(PauseState state) => BridgeConnection.PauseAll(state == PauseState.Paused);

        private static void CloseAll()
        {
            BridgeConnection.CloseAll();
            Previews.CloseAll();
        }
    }
}
