using UnityEngine;
using UnityEngine.SceneManagement;

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
            foreach (var item in SceneManager.GetActiveScene().GetRootGameObjects())
            {
                Object.DestroyImmediate(item);
            }

            if (setup == NewSceneSetup.DefaultGameObjects)
            {
                Camera.main = new GameObject("Main Camera").AddComponent<Camera>();
            }

            return SceneManager.GetActiveScene();
        }

        public static bool MarkSceneDirty(Scene scene) => true;
    }
}
