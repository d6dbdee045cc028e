namespace FrameBridge
{
    /// <summary>The format of a texture frame.</summary>
    public enum FrameFormat
    {
        /// <summary>Unspecified: the first of the formats agreed in the handshake.</summary>
        Unspecified = 0,

        /// <summary>Four bytes per pixel: red, green, blue, alpha.</summary>
        Rgba32 = 1,

        /// <summary>A PNG file, top row first.</summary>
        Png = 2,

        /// <summary>A WebP file, top row first.</summary>
        WebP = 3,

        /// <summary>Blocks of 4x4 pixels in 8 bytes (DXT1), opaque.</summary>
        Bc1 = 4,

        /// <summary>Blocks of 4x4 pixels in 16 bytes (DXT5).</summary>
        Bc3 = 5,

        /// <summary>Blocks of 4x4 pixels in 16 bytes, colours and alpha.</summary>
        Bc7 = 6,

        /// <summary>Blocks of 4x4 pixels in 16 bytes: ETC2 colours and EAC alpha.</summary>
        Etc2Rgba = 7,

        /// <summary>ASTC, low dynamic range: blocks of 4x4 pixels in 16 bytes.</summary>
        Astc4x4 = 8,

        /// <summary>ASTC, low dynamic range: blocks of 6x6 pixels in 16 bytes.</summary>
        Astc6x6 = 9,
    }
}
