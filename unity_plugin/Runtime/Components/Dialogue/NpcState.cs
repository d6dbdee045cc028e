namespace FrameBridge
{
    /// <summary>Where a character stands in a conversation.</summary>
    public enum NpcState
    {
        /// <summary>The server is not there: it can say its fallback line only.</summary>
        Offline = 0,

        /// <summary>Nothing is being said.</summary>
        Idle = 1,

        /// <summary>The player has spoken; no word of the reply has come yet.</summary>
        Thinking = 2,

        /// <summary>The reply is coming.</summary>
        Speaking = 3,

        /// <summary>The server is there and still loads the model; it comes by itself, and then nothing is being said.</summary>
        Loading = 4,
    }
}
