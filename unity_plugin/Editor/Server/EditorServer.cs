using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>The server started by this editor; it ends with the editor.</summary>
    internal static class EditorServer
    {
        private const string CommandKey = "FrameBridge.ServerCommand";

        private static ServerProcess s_process;

        public static ServerProcess Process => s_process ??= new ServerProcess();

        /// <summary>The command line, stored per user and machine.</summary>
        public static string Command
        {
            get => EditorPrefs.GetString(CommandKey, "framebridge serve");
            set => EditorPrefs.SetString(CommandKey, value);
        }

        [InitializeOnLoadMethod]
        internal static void OnLoad() => EditorApplication.quitting += () => Process.Stop(now: true);

        /// <summary>The same as a domain reload. For tests.</summary>
        internal static void Reset() => s_process = null;
    }
}
