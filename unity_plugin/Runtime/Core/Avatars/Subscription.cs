namespace FrameBridge
{
    /// <summary>A slot's request for frames at a steady rate.</summary>
    internal struct Subscription
    {
        public bool IsOn;
        public float FramesPerSecond;
        public double BudgetSeconds;
        public FrameFormat Format;
        public LadderPolicy Ladder;
        public bool KeepLate;
        public double HeartbeatSeconds;
    }
}
