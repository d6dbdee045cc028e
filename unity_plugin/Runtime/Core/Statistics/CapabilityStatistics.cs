using System;

namespace FrameBridge
{
    /// <summary>Counts and times of one capability, by the client's clock. May be read on any thread; reading makes no garbage.</summary>
    public sealed class CapabilityStatistics
    {
        internal CapabilityStatistics()
        {
        }

        /// <summary>Answers that came within their budget, since the client was made.</summary>
        public long InBudgetCount => throw new NotImplementedException();

        /// <summary>Answers that came too late, were missed or were refused, since the client was made.</summary>
        public long LateCount => throw new NotImplementedException();

        /// <summary>Answers that were an earlier picture or earlier boxes again, since the client was made.</summary>
        public long RepeatedCount => throw new NotImplementedException();

        /// <summary>Requests that a newer one of their slot replaced, since the client was made. Not misses.</summary>
        public long SupersededCount => throw new NotImplementedException();

        /// <summary>Messages that broke the contract, or frames larger than the client accepts, and were dropped.</summary>
        public long DroppedCount => throw new NotImplementedException();

        /// <summary>Bytes received, since the client was made.</summary>
        public long ReceivedBytes => throw new NotImplementedException();

        /// <summary>Bytes sent, since the client was made.</summary>
        public long SentBytes => throw new NotImplementedException();

        /// <summary>Share of recent requests (at most 256) that were answered within their budget, 0 to 1; 1 before the first.</summary>
        public double InBudgetShare => throw new NotImplementedException();

        /// <summary>Median of recent times from request to answer (at most 256), in seconds; 0 before the first.</summary>
        public double P50Seconds => throw new NotImplementedException();

        /// <summary>99th percentile of recent times from request to answer (at most 256), in seconds; 0 before the first.</summary>
        public double P99Seconds => throw new NotImplementedException();

        /// <summary>Late, missed and refused answers that a stage is to blame for, since the client was made.</summary>
        public long LateBy(Stage stage)
        {
            throw new NotImplementedException();
        }
    }
}
