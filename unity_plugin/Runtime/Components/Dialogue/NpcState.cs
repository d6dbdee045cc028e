namespace FrameBridge
{
    /// <summary>The state of a character in a conversation.</summary>
    public enum NpcState
    {
        /// <summary>The server is not available: only fallback lines.</summary>
        Offline = 0,

        /// <summary>Between turns.</summary>
        Idle = 1,

        /// <summary>The player has spoken; the reply has not started yet.</summary>
        Thinking = 2,

        /// <summary>The reply is being received.</summary>
        Speaking = 3,

        /// <summary>The server is still loading the model; Idle follows by itself.</summary>
        Loading = 4,
    }
}
