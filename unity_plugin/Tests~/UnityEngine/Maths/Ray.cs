namespace UnityEngine
{
    public struct Ray
    {
        public Ray(Vector3 origin, Vector3 direction)
        {
            this.origin = origin;
            this.direction = direction.normalized;
        }

        public Vector3 origin { get; set; }

        public Vector3 direction { get; set; }

        public Vector3 GetPoint(float distance) => origin + (direction * distance);
    }
}
