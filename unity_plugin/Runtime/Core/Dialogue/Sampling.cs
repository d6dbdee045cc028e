using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// How tokens are drawn. Set before <see cref="Conversation.Say"/>. What is null, or is not set, is left to the server.
    /// </summary>
    public sealed class Sampling
    {
        // The contract has no way to leave one of these three out beside others that are set. They are the server's own,
        // which a test compares.
        internal const float ServerTemperature = 0.5f;
        internal const float ServerTopP = 0.9f;
        internal const float ServerRepetitionPenalty = 1.1f;

        /// <summary>From 0 (always the likeliest token) to 5; null means the server's default.</summary>
        public float? Temperature { get; set; }

        /// <summary>
        /// Tokens are drawn from the likeliest ones that together reach this probability, above 0 up to 1; null means the
        /// server's default.
        /// </summary>
        public float? TopP { get; set; }

        /// <summary>Above 1 makes repetition less likely; from 0.5 to 5; null means the server's default.</summary>
        public float? RepetitionPenalty { get; set; }

        /// <summary>Equal seeds give equal replies. 0 means another reply each time.</summary>
        public long Seed { get; set; }

        /// <summary>The longest reply in tokens. 0 means the server's default.</summary>
        public int MaxTokens { get; set; }

        /// <summary>The reply ends before the first of these.</summary>
        public IReadOnlyList<string> Stop { get; set; } = Array.Empty<string>();

        /// <summary>Whether anything is not left to the server.</summary>
        internal bool IsSet =>
            Temperature.HasValue || TopP.HasValue || RepetitionPenalty.HasValue || Seed != 0 || MaxTokens != 0 || Stop?.Count > 0;
    }
}
