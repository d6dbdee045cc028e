namespace FrameBridge
{
    /// <summary>Where a client's connection stands.</summary>
    public enum BridgeState
    {
        /// <summary>Not connected, and not trying to.</summary>
        Offline = 0,

        /// <summary>Trying for the first time.</summary>
        Connecting = 1,

        /// <summary>Connected: what is sent goes up at once.</summary>
        Ready = 2,

        /// <summary>The connection broke and is being restored; nothing that was under way will be answered.</summary>
        Reconnecting = 3,

        /// <summary>The server or the settings are wrong in a way that trying again does not mend; see the error.</summary>
        Refused = 4,

        /// <summary>Closed by its owner, for good.</summary>
        Closed = 5,
    }
}
