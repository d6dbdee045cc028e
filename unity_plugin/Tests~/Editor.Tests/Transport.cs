using System.Reflection;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The gRPC layer, as an editor with all libraries has it: it announces itself after each reload.</summary>
    internal static class Transport
    {
        public static void Register() =>
            Assembly.Load("FrameBridge.Handlers")
                .GetType("FrameBridge.Grpc.GrpcRegistration", throwOnError: true)
                .GetMethod("Register", BindingFlags.Static | BindingFlags.NonPublic)
                .Invoke(null, null);
    }
}
