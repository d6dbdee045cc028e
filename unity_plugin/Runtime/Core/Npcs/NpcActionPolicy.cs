namespace FrameBridge
{
    /// <summary>What becomes of a call while another one of the same character is open.</summary>
    public enum NpcActionPolicy
    {
        /// <summary>As <see cref="Queue"/>.</summary>
        Unspecified = 0,

        /// <summary>It waits until that one has its result.</summary>
        Queue = 1,

        /// <summary>It ends that one.</summary>
        Replace = 2,

        /// <summary>It is not made.</summary>
        Drop = 3,
    }
}
