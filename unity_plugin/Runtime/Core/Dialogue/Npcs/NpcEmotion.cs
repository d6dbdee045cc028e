namespace FrameBridge
{
    /// <summary>A feeling that a sentence shows.</summary>
    public enum NpcEmotion
    {
        /// <summary>Not known: of a turn without an NPC.</summary>
        Unknown = 0,

        /// <summary>None in particular.</summary>
        Neutral = 1,

        /// <summary>Friendly, pleased, amused.</summary>
        Joy = 2,

        /// <summary>Sad, sorry.</summary>
        Sadness = 3,

        /// <summary>Angry, stern.</summary>
        Anger = 4,

        /// <summary>Afraid, worried.</summary>
        Fear = 5,

        /// <summary>Surprised.</summary>
        Surprise = 6,

        /// <summary>Disgusted, contemptuous.</summary>
        Disgust = 7,
    }
}
