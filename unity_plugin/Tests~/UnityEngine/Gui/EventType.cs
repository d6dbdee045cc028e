namespace UnityEngine
{
    public enum EventType
    {
        Layout = 8,
        Repaint = 7,
    }
}
