namespace FrameBridge.Editor
{
    /// <summary>How much a finding matters.</summary>
    public enum FindingLevel
    {
        /// <summary>As it should be.</summary>
        Fine,

        /// <summary>Works, but something is worth knowing or better another way.</summary>
        Note,

        /// <summary>Keeps FrameBridge from working.</summary>
        Fault,
    }
}
