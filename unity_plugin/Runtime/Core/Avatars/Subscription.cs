namespace FrameBridge
{
    /// <summary>What a slot has asked for at a steady rate.</summary>
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
