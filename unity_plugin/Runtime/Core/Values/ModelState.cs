namespace FrameBridge
{
    /// <summary>The state of a model on the server.</summary>
    public enum ModelState
    {
        /// <summary>Never sent.</summary>
        Unspecified = 0,

        /// <summary>Known, not loaded.</summary>
        Unloaded = 1,

        /// <summary>Being loaded or warmed up.</summary>
        Loading = 2,

        /// <summary>Answers requests.</summary>
        Ready = 3,

        /// <summary>Being unloaded.</summary>
        Unloading = 4,

        /// <summary>Could not be loaded; its detail says why.</summary>
        Failed = 5,
    }
}
