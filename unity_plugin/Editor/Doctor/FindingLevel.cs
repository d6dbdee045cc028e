namespace FrameBridge.Editor
{
    /// <summary>The severity of a finding.</summary>
    public enum FindingLevel
    {
        /// <summary>No fault.</summary>
        Fine,

        /// <summary>Works, with a hint or a better alternative.</summary>
        Note,

        /// <summary>Keeps FrameBridge from working.</summary>
        Fault,
    }
}
