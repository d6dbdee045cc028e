using System;

namespace FrameBridge
{
    /// <summary>
    /// Converts between pixels of four bytes (red, green, blue, alpha) and tensors. Rows are reversed if
    /// <c>flip</c>: tensors have the top row first.
    /// </summary>
    internal static class TensorPixels
    {
        private const int Pixel = 4;
        private const int Channels = 3;

        private static readonly float[] Shares = MakeShares();

        /// <summary>Pixels as planes of floats from 0 to 1; alpha is left out.</summary>
        internal static void ToPlanes(ReadOnlySpan<byte> pixels, Span<float> planes, int width, int height, bool flip)
        {
            float[] shares = Shares;
            int size = width * height;
            Span<float> red = planes.Slice(0, size);
            Span<float> green = planes.Slice(size, size);
            Span<float> blue = planes.Slice(2 * size, size);
            int at = 0;
            for (int row = 0; row < height; row++)
            {
                int from = (flip ? height - 1 - row : row) * width * Pixel;
                ReadOnlySpan<byte> line = pixels.Slice(from, width * Pixel);
                for (int i = 0; i < line.Length; i += Pixel)
                {
                    red[at] = shares[line[i]];
                    green[at] = shares[line[i + 1]];
                    blue[at++] = shares[line[i + 2]];
                }
            }
        }

        /// <summary>Pixels as three bytes each; alpha is left out.</summary>
        internal static void ToTriples(ReadOnlySpan<byte> pixels, Span<byte> triples, int width, int height, bool flip)
        {
            int at = 0;
            for (int row = 0; row < height; row++)
            {
                int from = (flip ? height - 1 - row : row) * width * Pixel;
                ReadOnlySpan<byte> line = pixels.Slice(from, width * Pixel);
                for (int i = 0; i < line.Length; i += Pixel)
                {
                    triples[at] = line[i];
                    triples[at + 1] = line[i + 1];
                    triples[at + 2] = line[i + 2];
                    at += Channels;
                }
            }
        }

        /// <summary>
        /// Planes of floats from 0 to 1 (one: grey, three: red, green and blue, four: with alpha) as pixels, the bottom
        /// row first. Values outside are clamped.
        /// </summary>
        internal static void FromPlanes(ReadOnlySpan<float> planes, Span<byte> pixels, int channels, int width, int height)
        {
            int size = width * height;
            int step = channels == 1 ? 0 : size;
            for (int row = 0; row < height; row++)
            {
                int from = row * width;
                ReadOnlySpan<float> red = planes.Slice(from, width);
                ReadOnlySpan<float> green = planes.Slice(step + from, width);
                ReadOnlySpan<float> blue = planes.Slice((2 * step) + from, width);
                ReadOnlySpan<float> alpha = channels == Pixel ? planes.Slice((Channels * size) + from, width) : default;
                Span<byte> line = pixels.Slice((height - 1 - row) * width * Pixel, width * Pixel);
                int at = 0;
                for (int i = 0; i < width; i++, at += Pixel)
                {
                    line[at] = ToByte(red[i]);
                    line[at + 1] = ToByte(green[i]);
                    line[at + 2] = ToByte(blue[i]);
                    line[at + Channels] = alpha.IsEmpty ? byte.MaxValue : ToByte(alpha[i]);
                }
            }
        }

        /// <summary>Bytes of each pixel together (one, three or four) as pixels, the bottom row first.</summary>
        internal static void FromBytes(ReadOnlySpan<byte> bytes, Span<byte> pixels, int channels, int width, int height)
        {
            int green = channels == 1 ? 0 : 1;
            int blue = channels == 1 ? 0 : 2;
            for (int row = 0; row < height; row++)
            {
                int at = (height - 1 - row) * width * Pixel;
                ReadOnlySpan<byte> line = bytes.Slice(row * width * channels, width * channels);
                for (int i = 0; i < line.Length; i += channels, at += Pixel)
                {
                    pixels[at] = line[i];
                    pixels[at + 1] = line[i + green];
                    pixels[at + 2] = line[i + blue];
                    pixels[at + Channels] = channels == Pixel ? line[i + Channels] : byte.MaxValue;
                }
            }
        }

        private static byte ToByte(float value) =>
            value >= 1f ? byte.MaxValue : value > 0f ? (byte)((value * byte.MaxValue) + 0.5f) : (byte)0; // NaN is 0

        private static float[] MakeShares()
        {
            var shares = new float[byte.MaxValue + 1];
            for (int i = 0; i < shares.Length; i++)
            {
                shares[i] = i / (float)byte.MaxValue;
            }

            return shares;
        }
    }
}
