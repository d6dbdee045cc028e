using System.Collections.Generic;

namespace UnityEngine
{
    /// <summary>Immediate-mode drawing: what was drawn in the last frame is kept for the test.</summary>
    public static class GUI
    {
        private static GUISkin _skin;
        private static readonly List<(Rect Place, string Text)> Drawn = new List<(Rect, string)>();

        public static GUISkin skin => _skin ??= new GUISkin();

        public static Color color { get; set; } = Color.white;

        /// <summary>What was drawn since the last StubClear.</summary>
        public static IReadOnlyList<(Rect Place, string Text)> StubDrawn => Drawn;

        public static void StubClear() => Drawn.Clear();

        public static void Label(Rect position, string text) => Draw(position, text);

        public static void Label(Rect position, string text, GUIStyle style) => Draw(position, text);

        public static void Box(Rect position, string text) => Draw(position, text);

        public static void DrawTexture(Rect position, Texture image) => Draw(position, null);

        public static void DrawTexture(Rect position, Texture image, ScaleMode scaleMode) => Draw(position, null);

        private static void Draw(Rect position, string text)
        {
            Stub.MainThread.Require("GUI");
            Drawn.Add((position, text));
        }
    }
}
