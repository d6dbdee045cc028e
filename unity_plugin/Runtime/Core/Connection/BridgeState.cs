namespace FrameBridge
{
    /// <summary>The state of a client's connection.</summary>
    public enum BridgeState
    {
        /// <summary>Not connected, and not trying.</summary>
        Offline = 0,

        /// <summary>Connecting for the first time.</summary>
        Connecting = 1,

        /// <summary>Connected.</summary>
        Ready = 2,

        /// <summary>The connection broke and is being restored; open requests will not be answered.</summary>
        Reconnecting = 3,

        /// <summary>The server or the settings are wrong and trying again does not help; see the error.</summary>
        Refused = 4,

        /// <summary>Closed by its owner, for good.</summary>
        Closed = 5,
    }
}
