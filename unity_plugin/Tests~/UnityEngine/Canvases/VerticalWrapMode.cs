namespace UnityEngine
{
    public enum VerticalWrapMode
    {
        Truncate,
        Overflow,
    }
}
