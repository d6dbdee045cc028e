using System.Reflection;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The gRPC layer, as in an editor with all libraries: it registers itself after each reload.</summary>
    internal static class Transport
    {
        public static void Register() =>
            Assembly.Load("FrameBridge.Handlers")
                .GetType("FrameBridge.Grpc.GrpcRegistration", throwOnError: true)
                .GetMethod("Register", BindingFlags.Static | BindingFlags.NonPublic)
                .Invoke(null, null);
    }
}
