namespace FrameBridge
{
    /// <summary>Values of the contract's small enums that a handshake and a frame's header have.</summary>
    internal static class FrameRows
    {
        public const int TopDown = 1;
        public const int BottomUp = 2;
        public const int Srgb = 1;
        public const int Premultiplied = 1;
    }
}
