using System;

namespace FrameBridge
{
    /// <summary>Something that the bridge could not do. Its message says what was wrong and what mends it.</summary>
    public sealed class BridgeException : Exception
    {
        /// <summary>Makes one. May be called on any thread.</summary>
        public BridgeException(ErrorReason reason, string message, bool isLost = false, Exception inner = null)
            : base(message, inner)
        {
            Reason = reason;
            IsLost = isLost;
        }

        /// <summary>Why, for programs.</summary>
        public ErrorReason Reason { get; }

        /// <summary>Whether the connection broke, so that coming back may help. The client does that by itself.</summary>
        public bool IsLost { get; }
    }
}
