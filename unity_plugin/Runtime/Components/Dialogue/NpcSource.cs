namespace FrameBridge
{
    /// <summary>Where a persona describes its character.</summary>
    public enum NpcSource
    {
        /// <summary>In words, in the second person.</summary>
        Description = 0,

        /// <summary>As an NPC in the asset: what it knows, says and does is checked by the server.</summary>
        Character = 1,

        /// <summary>As an NPC in a file of the server's folder.</summary>
        ServerFile = 2,
    }
}
