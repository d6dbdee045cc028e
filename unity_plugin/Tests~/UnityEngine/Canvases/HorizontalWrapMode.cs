namespace UnityEngine
{
    public enum HorizontalWrapMode
    {
        Wrap,
        Overflow,
    }
}
