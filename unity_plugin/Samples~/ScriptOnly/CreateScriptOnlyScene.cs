#if UNITY_EDITOR
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.SceneManagement;
using UnityEngine.UI;

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
            var script = new GameObject("Script only").AddComponent<ScriptOnly>();
            script.Recording = found.Length == 0
                ? null
                : AssetDatabase.LoadAssetAtPath<TextAsset>(AssetDatabase.GUIDToAssetPath(found[0]));
            Draw(script);
            EditorSceneManager.MarkSceneDirty(SceneManager.GetActiveScene());
        }

        private static void Draw(ScriptOnly script)
        {
            var canvas = new GameObject("Canvas").AddComponent<Canvas>();
            canvas.renderMode = RenderMode.ScreenSpaceOverlay;
            script.PictureView = new GameObject("Picture").AddComponent<RawImage>();
            Place(script.PictureView, canvas, 40f, 256f);
            script.StoryText = new GameObject("Story").AddComponent<Text>();
            script.StoryText.font = Resources.GetBuiltinResource<Font>("LegacyRuntime.ttf");
            Place(script.StoryText, canvas, -240f, 640f);
        }

        private static void Place(Graphic graphic, Canvas canvas, float y, float width)
        {
            graphic.rectTransform.SetParent(canvas.transform, false);
            graphic.rectTransform.anchoredPosition = new Vector2(0f, y);
            graphic.rectTransform.sizeDelta = new Vector2(width, 256f);
        }
    }
}
#endif
