using System;

namespace UnityEngine.SceneManagement
{
    /// <summary>As in Unity a scene is loaded in the next frame; what was marked by DontDestroyOnLoad stays.</summary>
    public static class SceneManager
    {
        private static string _next;
        private static LoadSceneMode _mode;
        private static Scene _active;

        public static event Action<Scene, LoadSceneMode> sceneLoaded;

        /// <summary>Makes the objects of a scene, by its name.</summary>
        public static Action<string> StubBuild { get; set; }

        public static Scene GetActiveScene() => _active;

        public static void LoadScene(string sceneName, LoadSceneMode mode = LoadSceneMode.Single)
        {
            Stub.MainThread.Require("LoadScene");
            if (!Application.isPlaying)
            {
                throw new InvalidOperationException(
                    "This cannot be used during edit mode, please use EditorSceneManager.OpenScene() instead.");
            }

            _next = sceneName;
            _mode = mode;
        }

        internal static void StubStep()
        {
            if (_next == null)
            {
                return;
            }

            var scene = new Scene(_next);
            _next = null;
            if (_mode == LoadSceneMode.Single)
            {
                Stub.StubPlayer.LoadScene();
                _active = scene;
            }

            StubBuild?.Invoke(scene.name);
            sceneLoaded?.Invoke(scene, _mode);
        }

        internal static void StubReset()
        {
            _next = null;
            _active = default;
            sceneLoaded = null;
            StubBuild = null;
        }
    }
}
