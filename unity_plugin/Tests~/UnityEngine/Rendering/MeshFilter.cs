namespace UnityEngine
{
    public sealed class MeshFilter : Component
    {
    }
}
