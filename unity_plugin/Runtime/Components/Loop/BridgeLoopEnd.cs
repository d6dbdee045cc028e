using Unity.Profiling;

namespace FrameBridge
{
    /// <summary>
    /// The PlayerLoop's system after all updates of a frame: what components and scripts have sent in it goes out, as one
    /// message a stream. Main thread only.
    /// </summary>
    internal static class BridgeLoopEnd
    {
        private static readonly ProfilerMarker SendMarker = new ProfilerMarker("FrameBridge.Send");

        internal static void Run()
        {
            SendMarker.Begin();
            BridgeConnection.EndUpdates();
            SendMarker.End();
        }
    }
}
