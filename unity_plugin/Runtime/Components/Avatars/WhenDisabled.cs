namespace FrameBridge
{
    /// <summary>What a disabled avatar does with its slot on the server.</summary>
    public enum WhenDisabled
    {
        /// <summary>Keeps the slot without asking for frames, to resume at once. For pooled objects.</summary>
        Pause = 0,

        /// <summary>Frees the slot for others; it reappears with its first frame.</summary>
        Close = 1,
    }
}
