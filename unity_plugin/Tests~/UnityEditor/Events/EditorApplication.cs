using System;
using UnityEngine;

namespace UnityEditor
{
    public enum PlayModeStateChange
    {
        EnteredEditMode,
        ExitingEditMode,
        EnteredPlayMode,
        ExitingPlayMode,
    }

    public enum PauseState
    {
        Paused,
        Unpaused,
    }

    public static class EditorApplication
    {
        public delegate void CallbackFunction();

        public static event Action<PlayModeStateChange> playModeStateChanged;

        public static event Action<PauseState> pauseStateChanged;

        public static event Action quitting;

        public static CallbackFunction update;

        public static CallbackFunction delayCall;

        public static double timeSinceStartup { get; set; }

        public static bool isPlayingOrWillChangePlaymode { get; set; }

        /// <summary>One turn of the editor's loop.</summary>
        public static void StubTick(double seconds = 0.01)
        {
            timeSinceStartup += seconds;
            var later = delayCall;
            delayCall = null;
            later?.Invoke();
            update?.Invoke();
        }

        /// <summary>Tells all that the play mode changes.</summary>
        public static void StubChange(PlayModeStateChange change) => playModeStateChanged?.Invoke(change);

        /// <summary>Tells all that the pause button was pressed.</summary>
        public static void StubPause(PauseState state) => pauseStateChanged?.Invoke(state);

        /// <summary>Tells all that the editor quits.</summary>
        public static void StubQuit() => quitting?.Invoke();

        /// <summary>Forgets all listeners.</summary>
        public static void StubReset()
        {
            playModeStateChanged = null;
            pauseStateChanged = null;
            quitting = null;
            update = null;
            delayCall = null;
            isPlayingOrWillChangePlaymode = false;
        }
    }

    public static class AssemblyReloadEvents
    {
        public delegate void AssemblyReloadCallback();

        public static event AssemblyReloadCallback beforeAssemblyReload;

        /// <summary>Tells all that the domain is about to be reloaded.</summary>
        public static void StubReload() => beforeAssemblyReload?.Invoke();

        /// <summary>Forgets all listeners.</summary>
        public static void StubReset() => beforeAssemblyReload = null;
    }
}
