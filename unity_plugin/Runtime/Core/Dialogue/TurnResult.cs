using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>A reply and how its turn ended.</summary>
    public sealed class TurnResult
    {
        /// <summary>Makes the end of a turn that no server answered. Any thread.</summary>
        public TurnResult(TurnFinish finish, string text, Outcome outcome = default)
        {
            Finish = finish;
            Text = text ?? string.Empty;
            Outcome = outcome;
        }

        internal TurnResult()
        {
        }

        /// <summary>Why the reply ended.</summary>
        public TurnFinish Finish { get; internal set; }

        /// <summary>The whole reply; what there was of it when the turn was cut short.</summary>
        public string Text { get; internal set; } = string.Empty;

        /// <summary>Whether the reply is whole: it ended by itself, at a stop string or at its longest.</summary>
        public bool IsComplete => Finish == TurnFinish.End || Finish == TurnFinish.Stop || Finish == TurnFinish.Length;

        /// <summary>The actions that the reply named, in their order; empty when there were none.</summary>
        public IReadOnlyList<string> Actions { get; internal set; } = Array.Empty<string>();

        /// <summary>Whether the server no longer knew the conversation: see <see cref="Turn.MemoryLost"/>.</summary>
        public bool MemoryLost { get; internal set; }

        /// <summary>Tokens of the prompt.</summary>
        public int PromptTokens { get; internal set; }

        /// <summary>Of these, tokens that were still there from earlier turns.</summary>
        public int CachedTokens { get; internal set; }

        /// <summary>Tokens of the reply.</summary>
        public int ReplyTokens { get; internal set; }

        /// <summary>Pieces that came after their time.</summary>
        public int LateCount { get; internal set; }

        /// <summary>Seconds from the player's words to the first piece here; 0 when there was none.</summary>
        public double FirstTokenSeconds { get; internal set; }

        /// <summary>Seconds from the player's words to the end.</summary>
        public double ElapsedSeconds { get; internal set; }

        /// <summary>Where the time went on the server.</summary>
        public FrameTiming Timing { get; internal set; } = FrameTiming.Unknown;

        /// <summary>What went wrong, when <see cref="Finish"/> is Failed.</summary>
        public Outcome Outcome { get; internal set; } = Outcome.Unknown;

        /// <summary>The same end, with the words that the character says in place of a reply.</summary>
        internal TurnResult Saying(string text)
        {
            var other = (TurnResult)MemberwiseClone();
            other.Text = text;
            return other;
        }
    }
}
