#if UNITY_EDITOR
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace FrameBridge.Samples
{
    /// <summary>Makes the sample's scene: FrameBridge, Samples, Create the Script only scene.</summary>
    public static class CreateScriptOnlyScene
    {
        private const string Recording = "ScriptOnlyRecording t:TextAsset";

        /// <summary>Makes a new scene, not saved yet.</summary>
        [MenuItem("FrameBridge/Samples/Create the Script only scene")]
        public static void Create()
        {
            EditorSceneManager.NewScene(NewSceneSetup.DefaultGameObjects, NewSceneMode.Single);
            string[] found = AssetDatabase.FindAssets(Recording);
            new GameObject("Script only").AddComponent<ScriptOnly>().Recording = found.Length == 0
                ? null
                : AssetDatabase.LoadAssetAtPath<TextAsset>(AssetDatabase.GUIDToAssetPath(found[0]));
            EditorSceneManager.MarkSceneDirty(SceneManager.GetActiveScene());
        }
    }
}
#endif
