using System.Globalization;

namespace UnityEngine
{
    public static class ColorUtility
    {
        public static bool TryParseHtmlString(string htmlString, out Color color)
        {
            color = Color.white;
            if (htmlString.Length != 7 || htmlString[0] != '#'
                || !int.TryParse(htmlString.Substring(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }

            color = new Color(((value >> 16) & 255) / 255f, ((value >> 8) & 255) / 255f, (value & 255) / 255f, 1f);
            return true;
        }

        public static string ToHtmlStringRGB(Color color) => Part(color.r) + Part(color.g) + Part(color.b);

        private static string Part(float value) =>
            ((int)(value * 255f + 0.5f)).ToString("X2", CultureInfo.InvariantCulture);
    }
}
