#if UNITY_EDITOR
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace FrameBridge.Samples
{
    /// <summary>Makes the sample's scene: FrameBridge, Samples, Create the AR Recognition scene.</summary>
    public static class CreateArRecognitionScene
    {
        private const string Recording = "ArRecognitionRecording";
        private const string Picture = "gallery";
        private const float WallHeight = 2f;
        private const float Distance = 2f;

        /// <summary>Makes a new scene, not saved yet.</summary>
        [MenuItem("FrameBridge/Samples/Create the AR Recognition scene")]
        public static void Create()
        {
            EditorSceneManager.NewScene(NewSceneSetup.DefaultGameObjects, NewSceneMode.Single);
            Camera camera = Camera.main;
            camera.transform.position = new Vector3(0f, 0f, -Distance);
            HangPictures(Find<Texture2D>(Picture + " t:Texture2D"));

            var connection = new GameObject("FrameBridge").AddComponent<BridgeConnection>();
            connection.Recording = Find<TextAsset>(Recording + " t:TextAsset");

            var phone = new GameObject("Phone");
            var recognizer = phone.AddComponent<CameraRecognizer>();
            recognizer.Source = CameraSource.SceneCamera;
            recognizer.SceneCamera = camera;
            recognizer.PicturesPerSecond = 4f;
            recognizer.DetectSeconds = 0.5f;
            var overlay = phone.AddComponent<RecognitionOverlay>();
            overlay.ViewCamera = camera;
            overlay.Distance = Distance;
            phone.AddComponent<GalleryWalk>().Walker = camera.transform;
            EditorSceneManager.MarkSceneDirty(SceneManager.GetActiveScene());
        }

        private static void HangPictures(Texture2D picture)
        {
            GameObject wall = GameObject.CreatePrimitive(PrimitiveType.Quad);
            wall.name = "Pictures";
            float aspect = picture == null ? 4f : (float)picture.width / picture.height;
            wall.transform.localScale = new Vector3(WallHeight * aspect, WallHeight, 1f);
            var material = new Material(Shader.Find("FrameBridge/Avatar")) { name = "Pictures" };
            material.SetTexture(Shader.PropertyToID("_MainTex"), picture);
            wall.GetComponent<MeshRenderer>().sharedMaterial = material;
        }

        private static T Find<T>(string filter) where T : Object
        {
            string[] found = AssetDatabase.FindAssets(filter);
            return found.Length == 0 ? null : AssetDatabase.LoadAssetAtPath<T>(AssetDatabase.GUIDToAssetPath(found[0]));
        }
    }
}
#endif
