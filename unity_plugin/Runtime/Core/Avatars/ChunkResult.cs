namespace FrameBridge
{
    /// <summary>The state of a frame after a chunk.</summary>
    internal enum ChunkResult
    {
        /// <summary>More chunks will follow.</summary>
        More,

        /// <summary>The frame is complete.</summary>
        Complete,

        /// <summary>The chunk does not fit; its frame is dropped.</summary>
        Wrong,
    }
}
