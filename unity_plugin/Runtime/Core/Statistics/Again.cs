namespace FrameBridge
{
    /// <summary>Whether an answer tells something new.</summary>
    internal enum Again
    {
        /// <summary>It is new.</summary>
        No = 0,

        /// <summary>An earlier picture, sent again because a new one could not be on time. It is not in budget: it is a cover for a miss.</summary>
        Picture = 1,

        /// <summary>Earlier boxes, carried on by their motion.</summary>
        Carried = 2,
    }
}
