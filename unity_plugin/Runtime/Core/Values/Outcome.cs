namespace FrameBridge
{
    /// <summary>Sent in place of an answer: what became of a request that got no payload. A plain value.</summary>
    public struct Outcome
    {
        /// <summary>What became of the request.</summary>
        public Disposition Disposition;

        /// <summary>Why, for programs.</summary>
        public ErrorReason Reason;

        /// <summary>What was wrong and what mends it, for people. May be empty.</summary>
        public string Message;

        /// <summary>Whether the same request may succeed later.</summary>
        public bool Retryable;

        /// <summary>How long to wait before that, in microseconds. 0 when not known.</summary>
        public long RetryAfterMicros;

        /// <summary>For late and refused requests: the stage that took the time.</summary>
        public Stage Stage;

        /// <summary>By how many microseconds the deadline was, or would have been, passed.</summary>
        public long OverMicros;

        /// <summary>For <see cref="FrameBridge.Stage.Blocked"/>: the model whose slices took the time.</summary>
        public string BlockedBy;

        /// <summary>Where the time went.</summary>
        public FrameTiming Timing;

        /// <summary>An outcome of which nothing is known; its texts are empty, not null.</summary>
        internal static Outcome Unknown => new Outcome { Message = string.Empty, BlockedBy = string.Empty, Timing = FrameTiming.Unknown };
    }
}
