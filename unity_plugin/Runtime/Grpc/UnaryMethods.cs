using Grpc.Core;

namespace FrameBridge.Grpc
{
    /// <summary>The contract's unary and server-streaming methods that a game needs.</summary>
    internal static class UnaryMethods
    {
        public static readonly Method<OutgoingMessage, byte[]> Handshake = Of("BridgeService", "Handshake");
        public static readonly Method<OutgoingMessage, byte[]> EndSession = Of("BridgeService", "EndSession");
        public static readonly Method<OutgoingMessage, byte[]> Ping = Of("BridgeService", "Ping");
        public static readonly Method<OutgoingMessage, byte[]> ListModels = Of("BridgeService", "ListModels");
        public static readonly Method<OutgoingMessage, byte[]> WatchModels = Of("BridgeService", "WatchModels", MethodType.ServerStreaming);
        public static readonly Method<OutgoingMessage, byte[]> LoadModel = Of("BridgeService", "LoadModel");
        public static readonly Method<OutgoingMessage, byte[]> GetAvatarSchema = Of("AvatarService", "GetAvatarSchema");

        private static Method<OutgoingMessage, byte[]> Of(string service, string name, MethodType type = MethodType.Unary) => new Method<OutgoingMessage, byte[]>(
            type, "bridge.v1." + service, name, RawMarshallers.Request, RawMarshallers.Answer);
    }
}
