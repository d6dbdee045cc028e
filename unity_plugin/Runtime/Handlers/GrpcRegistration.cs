using UnityEngine;
using UnityEngine.Scripting;

namespace FrameBridge.Grpc
{
    /// <summary>Registers the gRPC transport: when play mode begins, and in the editor after each reload.</summary>
    internal static class GrpcRegistration
    {
        // Not at SubsystemRegistration, where statics are reset in an undefined order.
        [Preserve]
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.AfterAssembliesLoaded)]
#if UNITY_EDITOR
        [UnityEditor.InitializeOnLoadMethod]
#endif
        private static void Register() =>
            BridgeTransports.Register(options => new GrpcTransport(options, HttpHandlers.Make));
    }
}
