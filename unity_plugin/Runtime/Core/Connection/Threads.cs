namespace FrameBridge
{
    /// <summary>The client needs threads: streams and senders run beside the game's main thread.</summary>
    internal static class Threads
    {
        /// <summary>The error in a player without threads.</summary>
        internal const string NoneInWebGL =
            "FrameBridge does not run in WebGL builds, neither with a server nor from a recording, as they have no threads; "
            + "build for another platform";

        /// <summary>Throws <see cref="BridgeException"/> in a player without threads.</summary>
        internal static void Require()
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            throw new BridgeException(ErrorReason.NoTransport, NoneInWebGL);
#endif
        }
    }
}
