namespace FrameBridge.GameLoop
{
    /// <summary>A request, written already; one object for all, as only one is under way.</summary>
    internal sealed class BareRequest
    {
        internal readonly byte[] Bytes = new byte[256];

        internal int Length { get; set; }
    }
}
