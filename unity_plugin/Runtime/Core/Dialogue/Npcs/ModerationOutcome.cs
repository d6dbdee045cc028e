namespace FrameBridge
{
    /// <summary>What the server's moderation says to a text.</summary>
    public enum ModerationOutcome
    {
        /// <summary>Not known.</summary>
        Unknown = 0,

        /// <summary>Nothing.</summary>
        Pass = 1,

        /// <summary>The text is answered, and marked.</summary>
        Mark = 2,

        /// <summary>The text is not answered.</summary>
        Hold = 3,
    }
}
