namespace FrameBridge
{
    /// <summary>A capability of a server.</summary>
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

        /// <summary>Tensors of models that the operator has brought.</summary>
        Inference = 4,
    }
}
