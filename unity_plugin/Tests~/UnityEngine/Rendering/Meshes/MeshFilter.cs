namespace UnityEngine
{
    public sealed class MeshFilter : Component
    {
        public Mesh sharedMesh { get; set; }
    }
}
