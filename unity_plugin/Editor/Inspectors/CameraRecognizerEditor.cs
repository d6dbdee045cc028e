using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>
    /// The inspector of a recognizer; in play mode it shows what is recognised and how many pictures were sent.
    /// </summary>
    [CustomEditor(typeof(CameraRecognizer))]
    internal sealed class CameraRecognizerEditor : UnityEditor.Editor
    {
        private CameraRecognizer Recognizer => (CameraRecognizer)target;

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            if (!Recognizer.IsLooking)
            {
                EditorGUILayout.HelpBox("Nothing to look for: switch on Detect, Classify, Faces, Face Mesh or People.", MessageType.Warning);
            }

            if (Application.isPlaying)
            {
                EditorGUILayout.Space();
                DrawRunning();
            }
        }

        public override bool RequiresConstantRepaint() => Application.isPlaying;

        private void DrawRunning()
        {
            EditorGUILayout.LabelField("Seen", Recognizer.Label.Length > 0 ? Recognizer.Label : "nothing");
            EditorGUILayout.LabelField("Pictures", $"{Recognizer.SentCount} sent, {Recognizer.DroppedCount} dropped");
            if (Recognizer.Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Recognizer.Problem, MessageType.Warning);
            }
        }
    }
}
