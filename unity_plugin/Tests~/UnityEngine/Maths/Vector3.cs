using System;

namespace UnityEngine
{
    public struct Vector3
    {
        public float x;
        public float y;
        public float z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }

        public static Vector3 zero => default;

        public static Vector3 one => new Vector3(1f, 1f, 1f);

        public static Vector3 forward => new Vector3(0f, 0f, 1f);

        public static Vector3 up => new Vector3(0f, 1f, 0f);

        public static Vector3 right => new Vector3(1f, 0f, 0f);

        public float magnitude => (float)Math.Sqrt(Dot(this, this));

        public Vector3 normalized
        {
            get
            {
                float length = magnitude;
                return length > 1e-5f ? this / length : zero;
            }
        }

        public static Vector3 operator +(Vector3 a, Vector3 b) => new Vector3(a.x + b.x, a.y + b.y, a.z + b.z);

        public static Vector3 operator -(Vector3 a, Vector3 b) => new Vector3(a.x - b.x, a.y - b.y, a.z - b.z);

        public static Vector3 operator *(Vector3 a, float d) => new Vector3(a.x * d, a.y * d, a.z * d);

        public static Vector3 operator *(float d, Vector3 a) => a * d;

        public static Vector3 operator /(Vector3 a, float d) => new Vector3(a.x / d, a.y / d, a.z / d);

        public static implicit operator Vector2(Vector3 v) => new Vector2(v.x, v.y);

        public static Vector3 Scale(Vector3 a, Vector3 b) => new Vector3(a.x * b.x, a.y * b.y, a.z * b.z);

        public static float Distance(Vector3 a, Vector3 b) => (a - b).magnitude;

        public static float Dot(Vector3 a, Vector3 b) => (a.x * b.x) + (a.y * b.y) + (a.z * b.z);

        public static Vector3 Cross(Vector3 a, Vector3 b) => new Vector3(
            (a.y * b.z) - (a.z * b.y), (a.z * b.x) - (a.x * b.z), (a.x * b.y) - (a.y * b.x));

        public override string ToString() => "(" + x + ", " + y + ", " + z + ")";
    }
}
