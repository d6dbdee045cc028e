using System.Linq;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>The inspector of an NPC's actions: what is missing, and in play mode what is open.</summary>
    [CustomEditor(typeof(NpcActions))]
    internal sealed class NpcActionsEditor : UnityEditor.Editor
    {
        private NpcActions Actions => (NpcActions)target;

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            EditorGUILayout.Space();
            if (Actions.Npc == null)
            {
                EditorGUILayout.HelpBox("There is no NPC Dialogue on this object, and none is set.", MessageType.Warning);
                return;
            }

            if (Application.isPlaying)
            {
                DrawOpen();
            }
            else
            {
                DrawUnhandled(Actions.Npc.Persona);
            }
        }

        public override bool RequiresConstantRepaint() => Application.isPlaying;

        private void DrawOpen()
        {
            foreach (var call in Actions.OpenCalls)
            {
                EditorGUILayout.LabelField(call.Name, $"waits for an answer, {call.TimeoutSeconds:0.##} s: {call.Arguments.Json}");
            }

            if (Actions.Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Actions.Problem, MessageType.Warning);
            }
        }

        /// <summary>Handlers of scripts are not known before play mode, so this is no more than a hint.</summary>
        private void DrawUnhandled(NpcPersona persona)
        {
            if (persona == null || persona.Source != NpcSource.Character)
            {
                return;
            }

            foreach (var action in persona.Npc.Actions.Where(action => Actions.Actions.All(each => each.Action != action.Name)))
            {
                EditorGUILayout.HelpBox($"{action.Name}: not in the list; a script has to set a handler for it.", MessageType.Info);
            }
        }
    }
}
