namespace UnityEngine.Experimental.Rendering
{
    /// <summary>The formats that are used here, with Unity's numbers.</summary>
    public enum GraphicsFormat
    {
        None = 0,
        R8G8B8A8_SRGB = 4,
        R8G8B8A8_UNorm = 8,
        RGBA_DXT1_SRGB = 96,
        RGBA_DXT1_UNorm = 97,
        RGBA_DXT5_SRGB = 100,
        RGBA_DXT5_UNorm = 101,
        RGBA_BC7_SRGB = 108,
        RGBA_BC7_UNorm = 109,
        RGBA_ETC2_SRGB = 123,
        RGBA_ETC2_UNorm = 124,
        RGBA_ASTC4X4_SRGB = 129,
        RGBA_ASTC4X4_UNorm = 130,
        RGBA_ASTC6X6_SRGB = 133,
        RGBA_ASTC6X6_UNorm = 134,
    }
}
