using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>How tokens are drawn. Set before <see cref="Conversation.Say"/>.</summary>
    public sealed class Sampling
    {
        /// <summary>From 0 (always the likeliest token) to 5.</summary>
        public float Temperature { get; set; } = 0.7f;

        /// <summary>Tokens are drawn from the likeliest ones that together reach this probability, above 0 up to 1.</summary>
        public float TopP { get; set; } = 0.9f;

        /// <summary>Above 1 makes repetition less likely; from 0.5 to 5.</summary>
        public float RepetitionPenalty { get; set; } = 1.1f;

        /// <summary>Equal seeds give equal replies. 0 means another reply each time.</summary>
        public long Seed { get; set; }

        /// <summary>The longest reply in tokens. 0 means the server's default.</summary>
        public int MaxTokens { get; set; }

        /// <summary>The reply ends before the first of these.</summary>
        public IReadOnlyList<string> Stop { get; set; } = Array.Empty<string>();
    }
}
