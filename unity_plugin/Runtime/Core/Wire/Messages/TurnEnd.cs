namespace FrameBridge
{
    /// <summary>A TurnDone of the contract without its text.</summary>
    internal struct TurnEnd
    {
        public TurnFinish Finish;
        public int PromptTokens;
        public int CachedTokens;
        public int ReplyTokens;
        public int LateCount;
        public long FirstTokenMicros;
        public int HistoryLineCount;
        public long PromptComputeMicros;
        public FrameTiming Timing;
        public Outcome Outcome;
    }
}
