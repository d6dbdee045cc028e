using System.Collections.Generic;

namespace UnityEditor
{
    /// <summary>The user's input to an IMGUI window, set by a test, and its output, read by a test.</summary>
    public static class StubGui
    {
        private static readonly HashSet<string> Presses = new HashSet<string>();
        private static readonly Dictionary<string, object> Entries = new Dictionary<string, object>();

        /// <summary>All texts drawn since the last <see cref="Reset"/>.</summary>
        public static List<string> Texts { get; } = new List<string>();

        /// <summary>Labels with their values, and boxes of text without a label, drawn since the last <see cref="Reset"/>.</summary>
        public static List<(string Label, string Text)> Rows { get; } = new List<(string Label, string Text)>();

        /// <summary>All buttons drawn since the last <see cref="Reset"/>.</summary>
        public static List<string> Buttons { get; } = new List<string>();

        /// <summary>All textures drawn since the last <see cref="Reset"/>.</summary>
        public static List<UnityEngine.Texture> Textures { get; } = new List<UnityEngine.Texture>();

        /// <summary>The next drawing of this button returns true, once.</summary>
        public static void Press(string label) => Presses.Add(label);

        /// <summary>The next drawing of the field with this label returns this value, once.</summary>
        public static void Enter(string label, object value) => Entries[label] = value;

        /// <summary>Forgets all.</summary>
        public static void Reset()
        {
            Presses.Clear();
            Entries.Clear();
            Texts.Clear();
            Rows.Clear();
            Buttons.Clear();
            Textures.Clear();
        }

        internal static void Text(string text) => Texts.Add(text);

        internal static void Row(string label, string text)
        {
            Texts.Add(text);
            Rows.Add((label, text));
        }

        internal static bool Button(string label)
        {
            Buttons.Add(label);
            return Presses.Remove(label);
        }

        internal static T Field<T>(string label, T value)
        {
            Texts.Add(label);
            if (!Entries.TryGetValue(label, out var entered))
            {
                return value;
            }

            Entries.Remove(label);
            EditorGUI.StubChange();
            return (T)entered;
        }
    }
}
