namespace FrameBridge
{
    /// <summary>Values of the small enums in handshakes and frame headers.</summary>
    internal static class FrameRows
    {
        public const int TopDown = 1;
        public const int BottomUp = 2;
        public const int Srgb = 1;
        public const int Premultiplied = 1;
    }
}
