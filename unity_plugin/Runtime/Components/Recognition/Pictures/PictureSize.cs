using UnityEngine;

namespace FrameBridge
{
    /// <summary>Width and height of a picture in pixels.</summary>
    internal readonly struct PictureSize
    {
        private PictureSize(int width, int height)
        {
            Width = width;
            Height = height;
        }

        internal int Width { get; }

        internal int Height { get; }

        /// <summary>The size with the same shape whose longer side is at most <paramref name="longest"/>; never enlarged.</summary>
        internal static PictureSize Within(int width, int height, int longest)
        {
            float scale = Mathf.Min(1f, longest / (float)Mathf.Max(width, height));
            return new PictureSize(
                Mathf.Max(1, Mathf.RoundToInt(width * scale)), Mathf.Max(1, Mathf.RoundToInt(height * scale)));
        }
    }
}
