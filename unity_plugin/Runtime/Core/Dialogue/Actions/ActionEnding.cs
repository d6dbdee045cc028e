namespace FrameBridge
{
    /// <summary>Why a call needs no result any more.</summary>
    public enum ActionEnding
    {
        /// <summary>It still needs one, or has it.</summary>
        None = 0,

        /// <summary>Its time is over.</summary>
        Timeout = 1,

        /// <summary>The player cut in, or the turn ended otherwise: the connection broke, the conversation was forgotten.</summary>
        Interrupted = 2,

        /// <summary>A newer call has replaced it.</summary>
        Replaced = 3,
    }
}
