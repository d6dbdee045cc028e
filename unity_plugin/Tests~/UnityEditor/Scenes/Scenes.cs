using UnityEngine;
using UnityEngine.SceneManagement;

namespace UnityEngine.SceneManagement
{
    public struct Scene
    {
    }

    public static class SceneManager
    {
        public static Scene GetActiveScene() => default;
    }
}

namespace UnityEditor.SceneManagement
{
    public enum NewSceneSetup
    {
        EmptyScene,
        DefaultGameObjects,
    }

    public enum NewSceneMode
    {
        Single,
        Additive,
    }

    public static class EditorSceneManager
    {
        /// <summary>Destroys what was there and, for DefaultGameObjects, makes the main camera.</summary>
        public static Scene NewScene(NewSceneSetup setup, NewSceneMode mode)
        {
            foreach (var item in Object.FindObjectsByType<GameObject>(FindObjectsSortMode.None))
            {
                Object.DestroyImmediate(item);
            }

            if (setup == NewSceneSetup.DefaultGameObjects)
            {
                Camera.main = new GameObject("Main Camera").AddComponent<Camera>();
            }

            return default;
        }

        public static bool MarkSceneDirty(Scene scene) => true;
    }
}
