using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>
    /// The inspector of a runner; in play mode it shows how many runs were sent and answered, the last result's tensors
    /// and the output's texture.
    /// </summary>
    [CustomEditor(typeof(ModelRunner))]
    internal sealed class ModelRunnerEditor : UnityEditor.Editor
    {
        private ModelRunner Runner => (ModelRunner)target;

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            if (Runner.Model.Length == 0)
            {
                EditorGUILayout.HelpBox("No model is named: set Model to the name of one of the server's models.", MessageType.Warning);
            }

            if (Application.isPlaying)
            {
                EditorGUILayout.Space();
                DrawRunning();
            }
        }

        public override bool RequiresConstantRepaint() => Application.isPlaying;

        public override bool HasPreviewGUI() => Runner.Texture != null;

        public override void OnPreviewGUI(Rect area, GUIStyle background) =>
            EditorGUI.DrawTextureTransparent(area, Runner.Texture, ScaleMode.ScaleToFit);

        private static string Shape(TensorReader outputs, string name) =>
            outputs.TypeOf(name) + " [" + string.Join(", ", outputs.ShapeOf(name).ToArray()) + "]";

        private void DrawRunning()
        {
            EditorGUILayout.LabelField("Runs", $"{Runner.SentCount} sent, {Runner.AnswerCount} answered, {Runner.DroppedCount} dropped");
            if (Runner.TryGetResult(out var result))
            {
                EditorGUILayout.LabelField("Last", $"{result.ElapsedSeconds * 1000:0.0} ms, {result.Timing.Rung}");
                for (var i = 0; i < result.Outputs.Count; i++)
                {
                    var name = result.Outputs.NameAt(i);
                    EditorGUILayout.LabelField(name, Shape(result.Outputs, name));
                }
            }

            if (Runner.Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Runner.Problem, MessageType.Warning);
            }
        }
    }
}
