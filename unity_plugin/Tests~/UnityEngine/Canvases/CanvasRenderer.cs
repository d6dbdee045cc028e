namespace UnityEngine
{
    public sealed class CanvasRenderer : Component
    {
        public bool cull { get; set; }

        public float alpha { get; set; } = 1f;

        public float GetInheritedAlpha() => alpha;
    }
}
