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
}
