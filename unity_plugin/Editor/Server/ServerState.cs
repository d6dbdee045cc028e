namespace FrameBridge.Editor
{
    /// <summary>The state of the server started by the editor.</summary>
    internal enum ServerState
    {
        /// <summary>No server.</summary>
        Stopped,

        /// <summary>Loading its models.</summary>
        Starting,

        /// <summary>Ready at its address.</summary>
        Serving,

        /// <summary>Stopping, after its open requests.</summary>
        Stopping,

        /// <summary>Exited by itself.</summary>
        Failed,
    }
}
