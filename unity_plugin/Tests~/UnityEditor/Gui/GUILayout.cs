using UnityEditor;

namespace UnityEngine
{
    public sealed class GUILayoutOption
    {
    }

    public static class GUILayout
    {
        public static bool Button(string text, params GUILayoutOption[] options) => StubGui.Button(text);

        public static void Label(string text, params GUILayoutOption[] options) => StubGui.Text(text);

        public static string TextField(string text, params GUILayoutOption[] options) => StubGui.Field("", text);
    }
}
