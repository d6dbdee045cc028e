#if UNITY_EDITOR
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace FrameBridge.Samples
{
    /// <summary>Makes the sample's scene: FrameBridge, Samples, Create the Avatar Wall scene.</summary>
    public static class CreateAvatarWallScene
    {
        private const string Recording = "AvatarWallRecording";

        /// <summary>Makes a new scene, not saved yet.</summary>
        [MenuItem("FrameBridge/Samples/Create the Avatar Wall scene")]
        public static void Create()
        {
            EditorSceneManager.NewScene(NewSceneSetup.DefaultGameObjects, NewSceneMode.Single);
            Camera.main.transform.position = new Vector3(0f, 0f, -5f);

            var connection = new GameObject("FrameBridge").AddComponent<BridgeConnection>();
            connection.Recording = Find(Recording);

            var wall = new GameObject("Avatar wall").AddComponent<AvatarWall>();
            wall.Material = new Material(Shader.Find("FrameBridge/Avatar")) { name = "Avatar" };
            EditorSceneManager.MarkSceneDirty(SceneManager.GetActiveScene());
        }

        private static TextAsset Find(string name)
        {
            string[] found = AssetDatabase.FindAssets(name + " t:TextAsset");
            return found.Length == 0 ? null : AssetDatabase.LoadAssetAtPath<TextAsset>(AssetDatabase.GUIDToAssetPath(found[0]));
        }
    }
}
#endif
