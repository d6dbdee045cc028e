using System;

namespace FrameBridge
{
    /// <summary>An error of the bridge. Its message says what is wrong and how to fix it.</summary>
    public sealed class BridgeException : Exception
    {
        /// <summary>May be called on any thread.</summary>
        public BridgeException(ErrorReason reason, string message, bool isLost = false, Exception inner = null)
            : base(message, inner)
        {
            Reason = reason;
            IsLost = isLost;
        }

        /// <summary>The reason, for programs.</summary>
        public ErrorReason Reason { get; }

        /// <summary>Whether the connection broke and reconnecting may help. The client reconnects by itself.</summary>
        public bool IsLost { get; }
    }
}
