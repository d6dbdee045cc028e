namespace FrameBridge
{
    /// <summary>What to look for in a picture, and the answer's budget. A plain value.</summary>
    public struct RecognitionTask
    {
        /// <summary>What to look for. Each kind at most once per picture.</summary>
        public RecognitionKind Kind;

        /// <summary>How long the answer may take, in seconds; 0 for the server's default.</summary>
        public double BudgetSeconds;

        /// <summary>Answers below this score are left out, 0 to 1; 0 for the server's default.</summary>
        public float ScoreThreshold;

        /// <summary>The maximum number of answers, up to 100; 0 for the server's default.</summary>
        public int MaxResults;

        /// <summary>Whether a cheaper answer is acceptable.</summary>
        public LadderPolicy Ladder;

        /// <summary>
        /// For <see cref="RecognitionKind.Track"/>: also tell objects apart by their colours, and know them again by
        /// these for 20 seconds after they were seen last.
        /// </summary>
        public bool ByAppearance;
    }
}
