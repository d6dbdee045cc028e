namespace FrameBridge
{
    /// <summary>Why a reply ended.</summary>
    public enum TurnFinish
    {
        /// <summary>Never sent.</summary>
        Unspecified = 0,

        /// <summary>The character has said what it had to say.</summary>
        End = 1,

        /// <summary>A stop string came.</summary>
        Stop = 2,

        /// <summary>The longest reply or the context was reached.</summary>
        Length = 3,

        /// <summary>The player cut in, or the conversation was forgotten.</summary>
        Interrupted = 4,

        /// <summary>The turn failed; see its error.</summary>
        Failed = 5,
    }
}
