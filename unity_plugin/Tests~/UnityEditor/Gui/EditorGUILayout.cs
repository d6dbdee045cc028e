using UnityEngine;

namespace UnityEditor
{
    public enum MessageType
    {
        None,
        Info,
        Warning,
        Error,
    }

    public static class EditorGUILayout
    {
        public static void HelpBox(string message, MessageType type) => StubGui.Row(string.Empty, message);

        public static void LabelField(string label, params GUILayoutOption[] options) => StubGui.Text(label);

        public static void LabelField(string label, string label2, params GUILayoutOption[] options)
        {
            StubGui.Text(label);
            StubGui.Row(label, label2);
        }

        public static string TextField(string label, string text, params GUILayoutOption[] options) =>
            StubGui.Field(label, text);

        public static bool Toggle(string label, bool value, params GUILayoutOption[] options) => StubGui.Field(label, value);

        public static bool Foldout(bool foldout, string content, bool toggleOnLabelClick) => StubGui.Field(content, foldout);

        public static int Popup(string label, int selectedIndex, string[] displayedOptions, params GUILayoutOption[] options) =>
            StubGui.Field(label, selectedIndex);

        public static Color ColorField(string label, Color value, params GUILayoutOption[] options) =>
            StubGui.Field(label, value);

        public static float Slider(string label, float value, float leftValue, float rightValue, params GUILayoutOption[] options) =>
            StubGui.Field(label, value);

        public static Rect BeginHorizontal(params GUILayoutOption[] options) => default;

        public static void EndHorizontal()
        {
        }

        public static Vector2 BeginScrollView(Vector2 scrollPosition, params GUILayoutOption[] options) => scrollPosition;

        public static void EndScrollView()
        {
        }

        public static void Space()
        {
        }
    }
}
