namespace UnityEngine
{
    public static class Screen
    {
        public static int width { get; set; } = 1920;

        public static int height { get; set; } = 1080;

        public static float dpi { get; set; } = 96f;
    }
}
