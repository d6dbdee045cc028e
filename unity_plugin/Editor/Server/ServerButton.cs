using System;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Draws the state of the editor's server, and the button that starts or stops it.</summary>
    internal static class ServerButton
    {
        private static string s_problem = "";

        /// <summary>Whether the display changes by itself, so that the caller should repaint regularly.</summary>
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
                    return $"Loading models. {process.LastLine}".Trim();
                case ServerState.Serving:
                    return $"Serving at {process.Address}.";
                case ServerState.Stopping:
                    return "Stopping. Press again to stop it at once.";
                case ServerState.Failed:
                    return $"The server has exited: {process.LastLine} (full log: {process.Log})";
                default:
                    return s_problem.Length > 0 ? s_problem : $"No server started here. The button runs `{EditorServer.Command}`.";
            }
        }
    }
}
