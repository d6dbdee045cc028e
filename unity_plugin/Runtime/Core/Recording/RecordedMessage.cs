namespace FrameBridge
{
    /// <summary>One entry of a recording.</summary>
    internal sealed class RecordedMessage
    {
        public RecordKind Kind;
        public BridgeStream Stream;
        public double Seconds;
        public byte[] Bytes;
    }
}
