namespace FrameBridge
{
    /// <summary>What became of a frame that was not sent, or of a message about a slot that was wrong. A plain value.</summary>
    public struct AvatarReport
    {
        /// <summary>The avatar.</summary>
        public int Slot;

        /// <summary>The frame; 0 when the report is about a look or a subscription.</summary>
        public long FrameIndex;

        /// <summary>What became of it.</summary>
        public Outcome Outcome;
    }
}
