namespace FrameBridge
{
    /// <summary>Whether a thing is several.</summary>
    public enum NpcPlural
    {
        /// <summary>The last word of its name decides.</summary>
        ByName = 0,

        /// <summary>It is one: "the bar opens".</summary>
        One = 1,

        /// <summary>It is several: "the docks open".</summary>
        Several = 2,
    }
}
