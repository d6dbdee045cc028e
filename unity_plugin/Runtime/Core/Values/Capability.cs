namespace FrameBridge
{
    /// <summary>What a server can do for a game.</summary>
    public enum Capability
    {
        /// <summary>Never sent.</summary>
        Unspecified = 0,

        /// <summary>Texture frames of avatars.</summary>
        Avatar = 1,

        /// <summary>Conversations of non-player characters.</summary>
        Dialogue = 2,

        /// <summary>Classes and objects in camera pictures.</summary>
        Recognition = 3,
    }
}
