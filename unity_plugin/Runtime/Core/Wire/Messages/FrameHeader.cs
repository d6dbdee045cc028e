namespace FrameBridge
{
    /// <summary>A TextureFrame of the contract without its payload.</summary>
    internal struct FrameHeader
    {
        public int Slot;
        public long FrameIndex;
        public FrameFormat Format;
        public int Width;
        public int Height;
        public int RowOrder;
        public int ColorSpace;
        public int AlphaMode;
        public bool Repeated;
        public int ChunkOffset;
        public int TotalBytes;
        public FrameTiming Timing;
    }
}
