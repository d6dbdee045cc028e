namespace UnityEngine
{
    public struct Color
    {
        public float r;
        public float g;
        public float b;
        public float a;

        public Color(float r, float g, float b, float a = 1f)
        {
            this.r = r;
            this.g = g;
            this.b = b;
            this.a = a;
        }

        public static Color white => new Color(1f, 1f, 1f);

        public static Color black => new Color(0f, 0f, 0f);

        public static Color green => new Color(0f, 1f, 0f);

        public static bool operator ==(Color a, Color b) => a.r == b.r && a.g == b.g && a.b == b.b && a.a == b.a;

        public static bool operator !=(Color a, Color b) => !(a == b);

        public override bool Equals(object other) => other is Color that && this == that;

        public override int GetHashCode() => System.HashCode.Combine(r, g, b, a);

        public static Color clear => default;
    }
}
