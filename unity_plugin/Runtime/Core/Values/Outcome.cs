namespace FrameBridge
{
    /// <summary>The outcome of a request without a payload, sent in place of an answer. A plain value.</summary>
    public struct Outcome
    {
        /// <summary>The kind of outcome.</summary>
        public Disposition Disposition;

        /// <summary>The reason, for programs.</summary>
        public ErrorReason Reason;

        /// <summary>What is wrong and how to fix it, for people. May be empty.</summary>
        public string Message;

        /// <summary>Whether the same request may succeed later.</summary>
        public bool Retryable;

        /// <summary>How long to wait before retrying, in microseconds; 0 if not known.</summary>
        public long RetryAfterMicros;

        /// <summary>For late and refused requests: the stage that took the time.</summary>
        public Stage Stage;

        /// <summary>How many microseconds past its deadline the answer was, or would have been.</summary>
        public long OverMicros;

        /// <summary>For <see cref="FrameBridge.Stage.Blocked"/>: the model whose slices took the time.</summary>
        public string BlockedBy;

        /// <summary>How the server spent the time.</summary>
        public FrameTiming Timing;

        /// <summary>An unknown outcome; its texts are empty, not null.</summary>
        internal static Outcome Unknown => new Outcome { Message = string.Empty, BlockedBy = string.Empty, Timing = FrameTiming.Unknown };
    }
}
