using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>The inspector of a character; in play mode it has a chat.</summary>
    [CustomEditor(typeof(NpcDialogue))]
    internal sealed class NpcDialogueEditor : UnityEditor.Editor
    {
        private string _words = "Good evening!";

        private NpcDialogue Npc => (NpcDialogue)target;

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            EditorGUILayout.Space();
            if (Application.isPlaying)
            {
                DrawTalk();
            }
            else if (Npc.Persona == null)
            {
                EditorGUILayout.HelpBox(
                    "Without a persona the server uses its default. Create one: Assets, Create, FrameBridge, NPC Persona.",
                    MessageType.Info);
            }
        }

        public override bool RequiresConstantRepaint() => Application.isPlaying;

        private void DrawTalk()
        {
            EditorGUILayout.LabelField("State", Npc.State.ToString());
            if (Npc.LastResult != null && Npc.LastResult.Sentences.Count > 0)
            {
                ReplyFields.Draw(Npc.LastResult, Npc);
                if (Npc.LastResult.Trace == null && !Npc.WantsTrace)
                {
                    EditorGUILayout.HelpBox("Tick Wants Trace to see what each sentence rests on, from the next reply on.", MessageType.Info);
                }
            }
            else if (Npc.Text.Length > 0)
            {
                EditorGUILayout.HelpBox(Npc.Text, MessageType.None);
            }

            if (Npc.Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Npc.Problem, MessageType.Warning);
            }

            _words = EditorGUILayout.TextField("Words", _words);
            if (GUILayout.Button("Say") && !string.IsNullOrWhiteSpace(_words) && Npc.isActiveAndEnabled)
            {
                Npc.Say(_words);
            }

            if (GUILayout.Button("Interrupt"))
            {
                Npc.Interrupt();
            }
        }
    }
}
