namespace UnityEngine
{
    public struct Vector2
    {
        public float x;
        public float y;

        public Vector2(float x, float y)
        {
            this.x = x;
            this.y = y;
        }

        public static Vector2 zero => default;

        public static Vector2 one => new Vector2(1f, 1f);

        /// <summary>Nearly equal, as in Unity.</summary>
        public static bool operator ==(Vector2 a, Vector2 b) =>
            ((a.x - b.x) * (a.x - b.x)) + ((a.y - b.y) * (a.y - b.y)) < 9.99999944e-11f;

        public static bool operator !=(Vector2 a, Vector2 b) => !(a == b);

        public override bool Equals(object other) => other is Vector2 that && x == that.x && y == that.y;

        public override int GetHashCode() => System.HashCode.Combine(x, y);

        public static Vector2 operator -(Vector2 a) => new Vector2(-a.x, -a.y);

        public static Vector2 operator +(Vector2 a, Vector2 b) => new Vector2(a.x + b.x, a.y + b.y);

        public static Vector2 operator -(Vector2 a, Vector2 b) => new Vector2(a.x - b.x, a.y - b.y);

        public static Vector2 operator *(Vector2 a, float d) => new Vector2(a.x * d, a.y * d);

        public static Vector2 operator /(Vector2 a, float d) => new Vector2(a.x / d, a.y / d);

        public static Vector2 Scale(Vector2 a, Vector2 b) => new Vector2(a.x * b.x, a.y * b.y);

        public static implicit operator Vector3(Vector2 v) => new Vector3(v.x, v.y, 0f);
    }
}
