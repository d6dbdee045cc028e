namespace FrameBridge
{
    /// <summary>Whether an answer is new.</summary>
    internal enum Repetition
    {
        /// <summary>A new answer.</summary>
        None = 0,

        /// <summary>
        /// An earlier picture, sent again because a new one could not be on time. Not in budget: it covers a miss.
        /// </summary>
        Picture = 1,

        /// <summary>Earlier boxes, moved along.</summary>
        Carried = 2,
    }
}
