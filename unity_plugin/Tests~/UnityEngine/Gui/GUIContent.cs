namespace UnityEngine
{
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
}
