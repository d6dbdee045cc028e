using System.Collections.Generic;
using System.IO;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>
    /// The inspector of a persona. A character as data can be imported and exported as a file of the server's; what is wrong
    /// with it is said in the server's words.
    /// </summary>
    [CustomEditor(typeof(NpcPersona))]
    internal sealed class NpcPersonaEditor : UnityEditor.Editor
    {
        private const int MostShown = 8;
        private IReadOnlyList<string> _problems = new string[0]; // of the last import

        private NpcPersona Persona => (NpcPersona)target;

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            EditorGUILayout.Space();
            switch (Persona.Source)
            {
                case NpcSource.Character:
                    DrawProblems(NpcFile.Check(Persona.Npc));
                    break;
                case NpcSource.ServerFile when Persona.NpcId.Length == 0:
                    EditorGUILayout.HelpBox("Npc Id is empty: give the name of a file in the server's folder of NPCs, without .toml.", MessageType.Warning);
                    break;
                case NpcSource.Description when Persona.Description.Length == 0:
                    EditorGUILayout.HelpBox("The description is empty: the server's default is used.", MessageType.Info);
                    break;
            }

            if (GUILayout.Button("Import TOML..."))
            {
                Import(EditorUtility.OpenFilePanel("Import an NPC", string.Empty, "toml"));
            }

            if (GUILayout.Button("Export TOML..."))
            {
                Export(EditorUtility.SaveFilePanel("Export the NPC", string.Empty, FileName, "toml"));
            }

            DrawProblems(_problems);
        }

        private string FileName => Persona.Npc.Id.Length > 0 ? Persona.Npc.Id : "npc";

        private static void DrawProblems(IReadOnlyList<string> problems)
        {
            for (var i = 0; i < problems.Count && i < MostShown; i++)
            {
                EditorGUILayout.HelpBox(problems[i], MessageType.Warning);
            }

            if (problems.Count > MostShown)
            {
                EditorGUILayout.HelpBox($"and {problems.Count - MostShown} more", MessageType.Warning);
            }
        }

        private void Import(string path)
        {
            if (string.IsNullOrEmpty(path))
            {
                return; // the dialog was closed
            }

            try
            {
                var npc = NpcFile.Read(File.ReadAllText(path), Path.GetFileName(path));
                Undo.RecordObject(Persona, "Import an NPC");
                Persona.Npc = npc;
                Persona.Source = NpcSource.Character;
                EditorUtility.SetDirty(Persona);
                _problems = new string[0];
            }
            catch (NpcException error)
            {
                _problems = error.Problems;
            }
            catch (IOException error)
            {
                _problems = new[] { $"{path}: {error.Message}" };
            }
        }

        private void Export(string path)
        {
            if (string.IsNullOrEmpty(path))
            {
                return;
            }

            try
            {
                File.WriteAllText(path, NpcFile.Write(Persona.Npc));
                _problems = new string[0];
            }
            catch (NpcException error)
            {
                _problems = error.Problems;
            }
            catch (IOException error)
            {
                _problems = new[] { $"{path}: {error.Message}" };
            }
        }
    }
}
