namespace FrameBridge
{
    /// <summary>The size of a picture in a texture format.</summary>
    internal static class FrameSize
    {
        /// <summary>
        /// The size in bytes; 0 for file formats, which have no fixed size, and -1 for an impossible picture.
        /// </summary>
        public static long Of(FrameFormat format, int width, int height)
        {
            if (width <= 0 || height <= 0)
            {
                return -1;
            }

            switch (format)
            {
                case FrameFormat.Rgba32: return 4L * width * height;
                case FrameFormat.Png:
                case FrameFormat.WebP: return 0;
                case FrameFormat.Bc1: return 8 * Blocks(width, height, 4);
                case FrameFormat.Bc3:
                case FrameFormat.Bc7:
                case FrameFormat.Etc2Rgba:
                case FrameFormat.Astc4x4: return 16 * Blocks(width, height, 4);
                case FrameFormat.Astc6x6: return 16 * Blocks(width, height, 6);
                default: return -1;
            }
        }

        /// <summary>Whether a picture can have this many bytes.</summary>
        public static bool Fits(FrameFormat format, int width, int height, int bytes)
        {
            var size = Of(format, width, height);
            return size == 0 || size == bytes;
        }

        private static long Blocks(int width, int height, int side) =>
            (((long)width + side - 1) / side) * (((long)height + side - 1) / side);
    }
}
