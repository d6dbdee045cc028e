namespace FrameBridge
{
    /// <summary>What an answer is worth, as the contract says it.</summary>
    internal struct Budget
    {
        public long BudgetMicros;
        public long LinkMicros;
        public LadderPolicy Ladder;
        public long LinkBytesPerSecond;
    }
}
