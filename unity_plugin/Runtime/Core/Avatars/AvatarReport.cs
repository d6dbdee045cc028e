namespace FrameBridge
{
    /// <summary>The outcome of a frame that was not sent, or of an invalid message about a slot. A plain value.</summary>
    public struct AvatarReport
    {
        /// <summary>The avatar's slot.</summary>
        public int Slot;

        /// <summary>The frame; 0 when the report is about a look or a subscription.</summary>
        public long FrameIndex;

        /// <summary>The outcome.</summary>
        public Outcome Outcome;
    }
}
