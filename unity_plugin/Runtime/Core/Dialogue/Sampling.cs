using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// How tokens are sampled. Set before <see cref="Conversation.Say"/>. Whatever is null or not set is left to the
    /// server.
    /// </summary>
    public sealed class Sampling
    {
        // The contract cannot leave one of these three unset when others are set. A test compares them with the server's.
        internal const float ServerTemperature = 0.5f;
        internal const float ServerTopP = 0.9f;
        internal const float ServerRepetitionPenalty = 1.1f;

        /// <summary>From 0 (always the most likely token) to 5; null for the server's default.</summary>
        public float? Temperature { get; set; }

        /// <summary>
        /// Samples from the most likely tokens that together reach this probability, above 0 up to 1; null for the
        /// server's default.
        /// </summary>
        public float? TopP { get; set; }

        /// <summary>Above 1 makes repetition less likely; from 0.5 to 5; null for the server's default.</summary>
        public float? RepetitionPenalty { get; set; }

        /// <summary>Equal seeds give equal replies. 0 for a different reply each time.</summary>
        public long Seed { get; set; }

        /// <summary>The longest reply in tokens; 0 for the server's default.</summary>
        public int MaxTokens { get; set; }

        /// <summary>The reply ends before the first of these strings.</summary>
        public IReadOnlyList<string> Stop { get; set; } = Array.Empty<string>();

        /// <summary>Whether anything is set.</summary>
        internal bool IsSet =>
            Temperature.HasValue || TopP.HasValue || RepetitionPenalty.HasValue || Seed != 0 || MaxTokens != 0 || Stop?.Count > 0;
    }
}
