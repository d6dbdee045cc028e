namespace FrameBridge.Editor
{
    /// <summary>Where the server that the editor started stands.</summary>
    internal enum ServerState
    {
        /// <summary>There is none.</summary>
        Stopped,

        /// <summary>It loads its models.</summary>
        Starting,

        /// <summary>It has said its address.</summary>
        Serving,

        /// <summary>It was asked to end and answers what it still has.</summary>
        Stopping,

        /// <summary>It ended by itself.</summary>
        Failed,
    }
}
