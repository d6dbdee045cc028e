namespace FrameBridge
{
    /// <summary>What a chunk made of the frame that it belongs to.</summary>
    internal enum ChunkResult
    {
        /// <summary>More chunks are to come.</summary>
        More,

        /// <summary>The frame is whole.</summary>
        Complete,

        /// <summary>The chunk fits nowhere; its frame is given up.</summary>
        Wrong,
    }
}
