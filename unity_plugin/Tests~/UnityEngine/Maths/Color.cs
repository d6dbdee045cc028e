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

        public static Color clear => default;
    }
}
