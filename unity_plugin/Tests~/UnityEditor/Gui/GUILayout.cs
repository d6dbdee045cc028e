using UnityEditor;

namespace UnityEngine
{
    public sealed class GUILayoutOption
    {
    }

    public static class GUILayout
    {
        public static bool Button(string text, params GUILayoutOption[] options) => StubGui.Button(text);

        public static GUILayoutOption Width(float width) => new GUILayoutOption();

        public static GUILayoutOption Height(float height) => new GUILayoutOption();

        public static void FlexibleSpace()
        {
        }
    }
}
