using System.Collections.Generic;

namespace UnityEngine
{
    public sealed class GUIStyle
    {
        public GUIStyle()
        {
        }

        public GUIStyle(GUIStyle other) => fontSize = other.fontSize;

        public int fontSize { get; set; }

        public bool richText { get; set; }

        public bool wordWrap { get; set; }
    }

    public sealed class GUISkin : ScriptableObject
    {
        public GUIStyle label { get; } = new GUIStyle();

        public GUIStyle box { get; } = new GUIStyle();
    }

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

    public enum ScaleMode
    {
        StretchToFill,
        ScaleAndCrop,
        ScaleToFit,
    }

    public class GUIContent
    {
        public GUIContent()
            : this(string.Empty)
        {
        }

        public GUIContent(string text)
            : this(text, string.Empty)
        {
        }

        public GUIContent(string text, string tooltip)
        {
            this.text = text;
            this.tooltip = tooltip;
        }

        public static GUIContent none { get; } = new GUIContent();

        public string text { get; set; }

        public string tooltip { get; set; }
    }

    public enum EventType
    {
        Layout = 8,
        Repaint = 7,
    }

    public sealed class Event
    {
        public static Event current { get; } = new Event();

        public EventType type => EventType.Repaint;
    }
}
