namespace FrameBridge
{
    /// <summary>The contract's Budget.</summary>
    internal struct Budget
    {
        public long BudgetMicros;
        public long LinkMicros;
        public LadderPolicy Ladder;
        public long LinkBytesPerSecond;
    }
}
