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
                case GraphicsFormat.RGBA_DXT1_UNorm:
                    return Blocks(width, height, 4) * 8;
                case GraphicsFormat.RGBA_ASTC6X6_SRGB:
                case GraphicsFormat.RGBA_ASTC6X6_UNorm:
                    return Blocks(width, height, 6) * 16;
                default:
                    return Blocks(width, height, 4) * 16;
            }
        }

        /// <summary>Whether the GPU decodes it when it samples, and encodes when it draws into it.</summary>
        internal static bool IsSrgb(GraphicsFormat format)
        {
            switch (format)
            {
                case GraphicsFormat.R8G8B8A8_SRGB:
                case GraphicsFormat.RGBA_DXT1_SRGB:
                case GraphicsFormat.RGBA_DXT5_SRGB:
                case GraphicsFormat.RGBA_BC7_SRGB:
                case GraphicsFormat.RGBA_ETC2_SRGB:
                case GraphicsFormat.RGBA_ASTC4X4_SRGB:
                case GraphicsFormat.RGBA_ASTC6X6_SRGB:
                    return true;
                default:
                    return false;
            }
        }

        /// <summary>What Unity's own textures of four bytes have: in a gamma project it falls back to the plain format.</summary>
        internal static GraphicsFormat Rgba32(bool linear = false) =>
            linear || QualitySettings.activeColorSpace == ColorSpace.Gamma
                ? GraphicsFormat.R8G8B8A8_UNorm
                : GraphicsFormat.R8G8B8A8_SRGB;

        private static int Blocks(int width, int height, int side) =>
            ((width + side - 1) / side) * ((height + side - 1) / side);
    }
}
