namespace FrameBridge.Tests
{
    /// <summary>The transport of the end-to-end suite: with the package's own choice of an HTTP/2 handler.</summary>
    internal static class Handlers
    {
        public static IBridgeTransport Transport(BridgeOptions options) =>
            new Grpc.GrpcTransport(options, Grpc.HttpHandlers.Make);
    }
}
