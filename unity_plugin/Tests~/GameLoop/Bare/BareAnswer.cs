namespace FrameBridge.GameLoop
{
    /// <summary>What has to be known of an answer to acknowledge it; one object for all.</summary>
    internal sealed class BareAnswer
    {
        internal bool IsFrame { get; set; }

        internal int Slot { get; set; }

        internal long FrameIndex { get; set; }
    }
}
