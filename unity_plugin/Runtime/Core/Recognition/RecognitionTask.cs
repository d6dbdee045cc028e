namespace FrameBridge
{
    /// <summary>What to look for in a picture, and what the answer is worth. A plain value.</summary>
    public struct RecognitionTask
    {
        /// <summary>What to look for. Each kind at most once in a picture.</summary>
        public RecognitionKind Kind;

        /// <summary>How long the answer may take, in seconds. 0 means the server's default.</summary>
        public double BudgetSeconds;

        /// <summary>Answers below this score are left out, 0 to 1. 0 means the server's default.</summary>
        public float ScoreThreshold;

        /// <summary>The most answers wanted, up to 100. 0 means the server's default.</summary>
        public int MaxResults;

        /// <summary>Whether a cheaper answer will do.</summary>
        public LadderPolicy Ladder;
    }
}
