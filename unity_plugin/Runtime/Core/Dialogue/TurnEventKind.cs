namespace FrameBridge
{
    /// <summary>The kind of a turn's event.</summary>
    public enum TurnEventKind
    {
        /// <summary>No event: the default value.</summary>
        None = 0,

        /// <summary>The server has accepted the turn.</summary>
        Started = 1,

        /// <summary>A piece of the reply: whole characters, in order.</summary>
        Token = 2,

        /// <summary>A sentence of the reply is complete, for subtitles and voices.</summary>
        Sentence = 3,

        /// <summary>The reply named one of the conversation's actions.</summary>
        Action = 4,

        /// <summary>The turn is over; always the last event, and exactly one.</summary>
        Done = 5,

        /// <summary>The server has dropped the oldest lines of the conversation for good, since they no longer fit.</summary>
        HistoryCut = 6,

        /// <summary>An NPC does something: the game has to answer the call.</summary>
        ActionCalled = 7,

        /// <summary>A call needs no answer any more.</summary>
        ActionEnded = 8,
    }
}
