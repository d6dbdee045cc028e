using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>The one server that this editor has started; it ends with the editor.</summary>
    internal static class EditorServer
    {
        private const string CommandKey = "FrameBridge.ServerCommand";

        private static ServerProcess s_process;

        public static ServerProcess Process => s_process ??= new ServerProcess();

        /// <summary>The command line, kept for this person on this machine.</summary>
        public static string Command
        {
            get => EditorPrefs.GetString(CommandKey, "framebridge serve");
            set => EditorPrefs.SetString(CommandKey, value);
        }

        [InitializeOnLoadMethod]
        internal static void OnLoad() => EditorApplication.quitting += () => Process.Stop(now: true);

        /// <summary>As after a reload of the domain.</summary>
        internal static void Reset() => s_process = null;
    }
}
