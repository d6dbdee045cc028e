namespace FrameBridge.GameLoop
{
    /// <summary>The fields of an answer needed to acknowledge it; one object for all.</summary>
    internal sealed class BareAnswer
    {
        internal bool IsFrame { get; set; }

        internal int Slot { get; set; }

        internal long FrameIndex { get; set; }
    }
}
