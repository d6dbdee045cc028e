namespace FrameBridge
{
    /// <summary>Which rungs of a model's ladder a caller accepts.</summary>
    public enum LadderPolicy
    {
        /// <summary>Unspecified: any rung.</summary>
        Unspecified = 0,

        /// <summary>Any rung: the best one that can be on time.</summary>
        Any = 1,

        /// <summary>Only the best rung: refused when it cannot be on time.</summary>
        BestOnly = 2,
    }
}
