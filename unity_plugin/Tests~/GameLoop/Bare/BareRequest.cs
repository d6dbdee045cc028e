namespace FrameBridge.GameLoop
{
    /// <summary>An encoded request; one object for all, as only one is in flight.</summary>
    internal sealed class BareRequest
    {
        internal readonly byte[] Bytes = new byte[256];

        internal int Length { get; set; }
    }
}
