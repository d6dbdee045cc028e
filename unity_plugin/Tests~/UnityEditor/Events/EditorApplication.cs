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

        /// <summary>One editor update.</summary>
        public static void StubTick(double seconds = 0.01)
        {
            timeSinceStartup += seconds;
            var later = delayCall;
            delayCall = null;
            later?.Invoke();
            update?.Invoke();
        }

        /// <summary>Raises the change of play mode.</summary>
        public static void StubChange(PlayModeStateChange change) => playModeStateChanged?.Invoke(change);

        /// <summary>Raises the change of the pause button.</summary>
        public static void StubPause(PauseState state) => pauseStateChanged?.Invoke(state);

        /// <summary>Raises quitting.</summary>
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

        /// <summary>Raises beforeAssemblyReload.</summary>
        public static void StubReload() => beforeAssemblyReload?.Invoke();

        /// <summary>Forgets all listeners.</summary>
        public static void StubReset() => beforeAssemblyReload = null;
    }
}
