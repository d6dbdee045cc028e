namespace FrameBridge
{
    /// <summary>The layout of a picture's bytes. A plain value.</summary>
    public struct CameraImage
    {
        /// <summary>Raw pixels or a file.</summary>
        public ImageFormat Format;

        /// <summary>Width in pixels; may be 0 for files.</summary>
        public int Width;

        /// <summary>Height in pixels; may be 0 for files.</summary>
        public int Height;

        /// <summary>Bytes from one row to the next, for raw pixels. 0 means rows without padding.</summary>
        public int RowStrideBytes;

        /// <summary>Whether the bottom row comes first, for raw pixels.</summary>
        public bool BottomUp;
    }
}
