namespace UnityEngine
{
    public sealed class SpaceAttribute : PropertyAttribute
    {
    }
}
