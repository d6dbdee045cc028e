using System.Net.Http;
using FrameBridge.Grpc;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The gRPC layer, as an editor with all libraries has it.</summary>
    internal static class Transport
    {
        public static void Register() => BridgeTransports.Register(GrpcTransport.Create);
    }
}
