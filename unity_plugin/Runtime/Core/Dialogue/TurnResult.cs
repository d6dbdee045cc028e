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

        /// <summary>The whole reply; partial when the turn was cut short.</summary>
        public string Text { get; internal set; } = string.Empty;

        /// <summary>Whether the reply is complete: it ended by itself, at a stop string or at its maximum length.</summary>
        public bool IsComplete => Finish == TurnFinish.End || Finish == TurnFinish.Stop || Finish == TurnFinish.Length;

        /// <summary>The actions that the reply named, in order; empty if none.</summary>
        public IReadOnlyList<string> Actions { get; internal set; } = Array.Empty<string>();

        /// <summary>The reply's sentences, in order; those that arrived, if it was cut short.</summary>
        public IReadOnlyList<ReplySentence> Sentences { get; internal set; } = Array.Empty<ReplySentence>();

        /// <summary>What an NPC did in the game, in order; empty if nothing.</summary>
        public IReadOnlyList<ActionCall> Calls { get; internal set; } = Array.Empty<ActionCall>();

        /// <summary>Why the turn went as it did; null unless <see cref="Conversation.WantsTrace"/>.</summary>
        public TurnTrace Trace { get; internal set; }

        /// <summary>What the player said was marked or held by the server's moderation; null if not.</summary>
        public Moderated Moderation { get; internal set; }

        /// <summary>Whether the server had lost the conversation: see <see cref="Turn.MemoryLost"/>.</summary>
        public bool MemoryLost { get; internal set; }

        /// <summary>Tokens of the prompt.</summary>
        public int PromptTokens { get; internal set; }

        /// <summary>Of these, tokens cached from earlier turns.</summary>
        public int CachedTokens { get; internal set; }

        /// <summary>Tokens of the reply.</summary>
        public int ReplyTokens { get; internal set; }

        /// <summary>
        /// The end of what was streamed, taken back because the reply reached its limit within a sentence: the tokens
        /// joined are <see cref="Text"/> and this. Empty without <see cref="Conversation.WholeSentences"/>.
        /// </summary>
        public string CutText { get; internal set; } = string.Empty;

        /// <summary>
        /// Lines that the server has of the conversation now; 0 if the turn changed nothing, and from servers before minor
        /// version 5.
        /// </summary>
        public int HistoryLineCount { get; internal set; }

        /// <summary>Device time up to the first token, for the prompt: part of <see cref="Timing"/>; 0 if not known.</summary>
        public double PromptComputeSeconds { get; internal set; }

        /// <summary>Pieces that were late.</summary>
        public int LateCount { get; internal set; }

        /// <summary>Seconds from the player's text to the first piece; 0 if none.</summary>
        public double FirstTokenSeconds { get; internal set; }

        /// <summary>Seconds from the player's text to the end.</summary>
        public double ElapsedSeconds { get; internal set; }

        /// <summary>How the server spent the time.</summary>
        public FrameTiming Timing { get; internal set; } = FrameTiming.Unknown;

        /// <summary>What went wrong, when <see cref="Finish"/> is Failed.</summary>
        public Outcome Outcome { get; internal set; } = Outcome.Unknown;

        /// <summary>The same result, with a fallback line in place of the reply.</summary>
        internal TurnResult Saying(string text)
        {
            var other = (TurnResult)MemberwiseClone();
            other.Text = text;
            return other;
        }
    }
}
