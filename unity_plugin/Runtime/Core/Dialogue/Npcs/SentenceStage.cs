namespace FrameBridge
{
    /// <summary>What made a sentence of an NPC.</summary>
    public enum SentenceStage
    {
        /// <summary>Not known.</summary>
        Unknown = 0,

        /// <summary>A line of the author's for what the player wants.</summary>
        Authored = 1,

        /// <summary>The model, and it agrees with what the character knows.</summary>
        Free = 2,

        /// <summary>The program computed it or looked it up.</summary>
        Calculation = 3,

        /// <summary>A refusal of the author's.</summary>
        Refusal = 4,

        /// <summary>In place of a sentence that did not agree with what the character knows.</summary>
        SafeLine = 5,

        /// <summary>In place of what the operator of the server does not allow.</summary>
        Moderation = 6,
    }
}
