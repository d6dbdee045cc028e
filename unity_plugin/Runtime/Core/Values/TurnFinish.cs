namespace FrameBridge
{
    /// <summary>Why a reply ended.</summary>
    public enum TurnFinish
    {
        /// <summary>Never sent.</summary>
        Unspecified = 0,

        /// <summary>The reply is complete.</summary>
        End = 1,

        /// <summary>A stop string was reached.</summary>
        Stop = 2,

        /// <summary>The maximum length or the context limit was reached.</summary>
        Length = 3,

        /// <summary>The player cut in, or the conversation was forgotten.</summary>
        Interrupted = 4,

        /// <summary>The turn failed; see its error.</summary>
        Failed = 5,
    }
}
