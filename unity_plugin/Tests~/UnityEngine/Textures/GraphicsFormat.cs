using System;

namespace UnityEngine.Experimental.Rendering
{
    /// <summary>The formats that are used here, with Unity's numbers.</summary>
    public enum GraphicsFormat
    {
        None = 0,
        R8G8B8A8_SRGB = 4,
        R8G8B8A8_UNorm = 8,
        RGBA_DXT1_SRGB = 96,
        RGBA_DXT5_SRGB = 100,
        RGBA_BC7_SRGB = 108,
        RGBA_ETC2_SRGB = 123,
        RGBA_ASTC4X4_SRGB = 129,
        RGBA_ASTC6X6_SRGB = 133,
    }

    [Flags]
    public enum TextureCreationFlags
    {
        None = 0,
        MipChain = 1,
        Crunch = 64,
    }

    /// <summary>Up to Unity 2023.1.</summary>
    public enum FormatUsage
    {
        Sample = 0,
        Linear = 1,
        Render = 4,
        ReadPixels = 9,
    }

    /// <summary>From Unity 2023.2.</summary>
    [Flags]
    public enum GraphicsFormatUsage
    {
        Sample = 1,
        Linear = 2,
        Render = 16,
        ReadPixels = 512,
    }

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
