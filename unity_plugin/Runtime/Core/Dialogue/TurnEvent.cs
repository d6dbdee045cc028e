namespace FrameBridge
{
    /// <summary>One event of a turn. A plain value.</summary>
    public struct TurnEvent
    {
        /// <summary>The kind of event.</summary>
        public TurnEventKind Kind;

        /// <summary>The turn.</summary>
        public long TurnId;

        /// <summary>A token's or a sentence's text, or an action's name, a call's too; for Done the whole reply.</summary>
        public string Text;

        /// <summary>A sentence's or an action's number in the turn, from 0.</summary>
        public int Index;

        /// <summary>Whether a token was late.</summary>
        public bool Late;

        /// <summary>For HistoryCut: how many lines were dropped since the last one.</summary>
        public int DroppedLineCount;

        /// <summary>Seconds from the player's text to this event.</summary>
        public double ElapsedSeconds;

        /// <summary>For Sentence: where it is in the text, what it shows and why it was said. Else null.</summary>
        public ReplySentence Sentence;

        /// <summary>For ActionCalled and ActionEnded: the call. Else null.</summary>
        public ActionCall Call;

        /// <summary>For Done: how the turn ended. Else null.</summary>
        public TurnResult Result;
    }
}
