namespace FrameBridge
{
    /// <summary>What a disabled avatar does with its slot on the server.</summary>
    public enum WhenDisabled
    {
        /// <summary>Keeps the slot and asks for nothing: it is back at once. Right for pooled objects.</summary>
        Pause = 0,

        /// <summary>Frees the slot for others: it comes back with its first frame.</summary>
        Close = 1,
    }
}
