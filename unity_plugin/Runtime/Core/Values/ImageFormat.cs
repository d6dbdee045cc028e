namespace FrameBridge
{
    /// <summary>The format of a picture sent to the server.</summary>
    public enum ImageFormat
    {
        /// <summary>Unspecified: refused by the server.</summary>
        Unspecified = 0,

        /// <summary>A JPEG file.</summary>
        Jpeg = 1,

        /// <summary>A PNG file.</summary>
        Png = 2,

        /// <summary>A WebP file.</summary>
        WebP = 3,

        /// <summary>Raw bytes, three per pixel: red, green, blue.</summary>
        Rgb24 = 4,

        /// <summary>Raw bytes, four per pixel: red, green, blue, alpha. Alpha is ignored.</summary>
        Rgba32 = 5,

        /// <summary>Raw bytes, four per pixel: blue, green, red, alpha. Alpha is ignored.</summary>
        Bgra32 = 6,
    }
}
