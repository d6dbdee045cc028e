using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>The inspector of a connection: its fields, its state, and the button for a server on this machine.</summary>
    [CustomEditor(typeof(BridgeConnection))]
    internal sealed class BridgeConnectionEditor : UnityEditor.Editor
    {
        private BridgeConnection Connection => (BridgeConnection)target;

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            EditorGUILayout.Space();
            if (Application.isPlaying)
            {
                DrawState();
            }

            if (Connection.Recording == null)
            {
                ServerButton.Draw();
            }
            else
            {
                EditorGUILayout.HelpBox("A recording plays in place of a server.", MessageType.Info);
            }

            if (GUILayout.Button("Open Setup Doctor"))
            {
                DoctorWindow.Open();
            }
        }

        public override bool RequiresConstantRepaint() => Application.isPlaying || ServerButton.Changes;

        private void DrawState()
        {
            EditorGUILayout.LabelField("State", Connection.State.ToString());
            if (Connection.Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Connection.Problem, MessageType.Warning);
            }
        }
    }
}
