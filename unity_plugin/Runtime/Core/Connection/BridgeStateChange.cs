namespace FrameBridge
{
    /// <summary>A change of a connection's state. A plain value.</summary>
    public readonly struct BridgeStateChange
    {
        /// <summary>Makes a change.</summary>
        public BridgeStateChange(BridgeState from, BridgeState to, bool resumed, BridgeException error)
        {
            From = from;
            To = to;
            Resumed = resumed;
            Error = error;
        }

        /// <summary>The old state.</summary>
        public BridgeState From { get; }

        /// <summary>The new state.</summary>
        public BridgeState To { get; }

        /// <summary>On Ready: whether the old session, with its slots and conversations, was resumed.</summary>
        public bool Resumed { get; }

        /// <summary>The error, if any; else null.</summary>
        public BridgeException Error { get; }
    }
}
