namespace UnityEngine.Experimental.Rendering
{
    internal static class GraphicsFormatSizes
    {
        internal static int Bytes(GraphicsFormat format, int width, int height)
        {
            switch (format)
            {
                case GraphicsFormat.R8G8B8A8_SRGB:
                case GraphicsFormat.R8G8B8A8_UNorm:
                    return width * height * 4;
                case GraphicsFormat.RGBA_DXT1_SRGB:
                    return Blocks(width, height, 4) * 8;
                case GraphicsFormat.RGBA_ASTC6X6_SRGB:
                    return Blocks(width, height, 6) * 16;
                default:
                    return Blocks(width, height, 4) * 16;
            }
        }

        private static int Blocks(int width, int height, int side) =>
            ((width + side - 1) / side) * ((height + side - 1) / side);
    }
}
