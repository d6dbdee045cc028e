namespace UnityEngine
{
    public enum FontStyle
    {
        Normal,
        Bold,
        Italic,
        BoldAndItalic,
    }
}
