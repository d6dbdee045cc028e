namespace FrameBridge
{
    /// <summary>A client's connection has changed its state. A plain value.</summary>
    public readonly struct BridgeStateChange
    {
        /// <summary>Makes one.</summary>
        public BridgeStateChange(BridgeState from, BridgeState to, bool resumed, BridgeException error)
        {
            From = from;
            To = to;
            Resumed = resumed;
            Error = error;
        }

        /// <summary>The state before.</summary>
        public BridgeState From { get; }

        /// <summary>The state now.</summary>
        public BridgeState To { get; }

        /// <summary>On reaching Ready: whether the old session, with its slots and conversations, is still there.</summary>
        public bool Resumed { get; }

        /// <summary>Why, when something went wrong; else null.</summary>
        public BridgeException Error { get; }
    }
}
