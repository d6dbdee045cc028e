using System;
using UnityEngine.Experimental.Rendering;

namespace UnityEngine
{
    /// <summary>
    /// Stands for the GPU: each pixel of the copy is the one of the source that lies at turn * place + shift. A source of an
    /// sRGB format is decoded when it is sampled, whatever the project's colour space; into a target of one it is encoded in
    /// linear projects.
    /// </summary>
    internal static class Sampler
    {
        private static readonly byte[] Same = Table(value => value);
        private static readonly byte[] Decoded = Table(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4));
        private static readonly byte[] Encoded = Table(value => value <= 0.0031308 ? value * 12.92 : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055);

        internal static void Draw(Texture source, RenderTexture dest, Vector4 turn, Vector4 shift)
        {
            byte[] from = source.StubPixels;
            if (from == null || dest is null)
            {
                return;
            }

            byte[] colours = Colours(source, dest);
            byte[] to = dest.StubPixels;
            for (int row = 0; row < dest.height; row++)
            {
                for (int column = 0; column < dest.width; column++)
                {
                    float u = (column + 0.5f) / dest.width;
                    float v = (row + 0.5f) / dest.height;
                    int x = At((turn.x * u) + (turn.y * v) + shift.x, source.width);
                    int y = At((turn.z * u) + (turn.w * v) + shift.y, source.height);
                    Copy(from, ((y * source.width) + x) * 4, to, ((row * dest.width) + column) * 4, colours);
                }
            }
        }

        private static void Copy(byte[] from, int at, byte[] to, int there, byte[] colours)
        {
            to[there] = colours[from[at]];
            to[there + 1] = colours[from[at + 1]];
            to[there + 2] = colours[from[at + 2]];
            to[there + 3] = from[at + 3];
        }

        private static byte[] Colours(Texture source, Texture dest)
        {
            bool decodes = GraphicsFormatSizes.IsSrgb(source.graphicsFormat);
            bool encodes = GraphicsFormatSizes.IsSrgb(dest.graphicsFormat) && QualitySettings.activeColorSpace == ColorSpace.Linear;
            return decodes == encodes ? Same : decodes ? Decoded : Encoded;
        }

        private static byte[] Table(Func<double, double> curve)
        {
            var table = new byte[256];
            for (int i = 0; i < 256; i++)
            {
                table[i] = (byte)Math.Round(curve(i / 255.0) * 255.0);
            }

            return table;
        }

        private static int At(float place, int size) => Mathf.Clamp((int)Math.Floor(place * size), 0, size - 1);
    }
}
