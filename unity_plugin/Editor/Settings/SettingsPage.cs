using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Project Settings, FrameBridge.</summary>
    internal static class SettingsPage
    {
        public const string Path = "Project/FrameBridge";

        private static readonly string[] Words = { "FrameBridge", "avatar", "npc", "dialogue", "recognition", "server" };

        [SettingsProvider]
        internal static SettingsProvider Make() => new SettingsProvider(Path, SettingsScope.Project, Words)
        {
            label = "FrameBridge",
            guiHandler = _ => Draw(),
        };

        internal static void Draw()
        {
            DrawConnection();
            EditorGUILayout.Space();
            DrawServer();
            EditorGUILayout.Space();
            DrawChoices();
            if (GUILayout.Button("Open Setup Doctor"))
            {
                DoctorWindow.Open();
            }
        }

        private static void DrawConnection()
        {
            var settings = ProjectConnection.Settings;
            if (settings == null)
            {
                EditorGUILayout.HelpBox(
                    "There is no settings asset: connections use a server on this machine, at 127.0.0.1:50051.",
                    MessageType.Info);
                if (GUILayout.Button("Create settings asset"))
                {
                    ProjectConnection.Create();
                }

                return;
            }

            EditorGUILayout.LabelField("Settings asset", settings.name);
            EditorGUILayout.LabelField("Address", settings.Address);
            if (GUILayout.Button("Select settings asset"))
            {
                Selection.activeObject = settings;
            }
        }

        private static void DrawServer()
        {
            EditorGUI.BeginChangeCheck();
            var command = EditorGUILayout.TextField("Server command (yours)", EditorServer.Command);
            if (EditorGUI.EndChangeCheck())
            {
                EditorServer.Command = command;
            }

            ServerButton.Draw();
        }

        private static void DrawChoices()
        {
            var choices = ProjectChoices.instance;
            EditorGUI.BeginChangeCheck();
            var follow = EditorGUILayout.Toggle("Set FRAMEBRIDGE_GRPC automatically", choices.FollowLibraries);
            var text = EditorGUILayout.TextField("iOS local network text", choices.LocalNetworkText);
            if (EditorGUI.EndChangeCheck())
            {
                choices.FollowLibraries = follow;
                choices.LocalNetworkText = text;
            }
        }
    }
}
