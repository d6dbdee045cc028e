using System;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Draws how the editor's server stands, and the button that starts or stops it.</summary>
    internal static class ServerButton
    {
        private static string s_problem = "";

        /// <summary>Whether the drawing changes by itself, so that the caller should repaint now and then.</summary>
        public static bool Changes =>
            EditorServer.Process.State == ServerState.Starting || EditorServer.Process.State == ServerState.Stopping;

        public static void Draw()
        {
            var process = EditorServer.Process;
            EditorGUILayout.LabelField("Server", Sentence(process));
            if (GUILayout.Button(process.Runs ? "Stop server" : "Start server"))
            {
                Press(process);
            }
        }

        private static void Press(ServerProcess process)
        {
            s_problem = "";
            try
            {
                if (process.Runs)
                {
                    process.Stop();
                }
                else
                {
                    process.Start(EditorServer.Command);
                }
            }
            catch (InvalidOperationException error)
            {
                s_problem = error.Message;
            }
        }

        private static string Sentence(ServerProcess process)
        {
            switch (process.State)
            {
                case ServerState.Starting:
                    return $"It loads its models. {process.LastLine}".Trim();
                case ServerState.Serving:
                    return $"It serves at {process.Address}.";
                case ServerState.Stopping:
                    return "It ends. Press again to end it at once.";
                case ServerState.Failed:
                    return $"It ended by itself: {process.LastLine} (all of it is in {process.Log})";
                default:
                    return s_problem.Length > 0 ? s_problem : $"None was started here. The button runs `{EditorServer.Command}`.";
            }
        }
    }
}
