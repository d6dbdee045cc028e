using System;

namespace FrameBridge
{
    /// <summary>Turns a transport's exceptions into the bridge's own; callers see no others.</summary>
    internal static class BridgeErrors
    {
        public static BridgeException Of(Exception thrown)
        {
            switch (thrown)
            {
                case BridgeException error:
                    return error;
                case OperationCanceledException _:
                    return new BridgeException(ErrorReason.Cancelled, "the call was cancelled", isLost: true, thrown);
                case ObjectDisposedException _:
                    return new BridgeException(ErrorReason.Closed, "the connection was closed", isLost: true, thrown);
                default:
                    return new BridgeException(ErrorReason.ConnectionLost, $"the connection broke: {thrown.Message}", isLost: true, thrown);
            }
        }
    }
}
