using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>A conversation with one character. All members may be called on any thread; none blocks.</summary>
    public sealed class Conversation
    {
        internal Conversation()
        {
        }

        /// <summary>The client's name for the conversation.</summary>
        public string Name => throw new NotImplementedException();

        /// <summary>Who the character is. A change takes effect with the next words.</summary>
        public string Persona
        {
            get => throw new NotImplementedException();
            set => throw new NotImplementedException();
        }

        /// <summary>How tokens are drawn; null means the server's defaults.</summary>
        public Sampling Sampling { get; set; }

        /// <summary>
        /// Names of actions that the character may take. When the reply holds one in brackets or asterisks, as "[wave]" or
        /// "*wave*", an Action event tells it. At most 64.
        /// </summary>
        public IReadOnlyList<string> Actions
        {
            get => throw new NotImplementedException();
            set => throw new NotImplementedException();
        }

        /// <summary>The turn that began last, or null.</summary>
        public Turn CurrentTurn => throw new NotImplementedException();

        /// <summary>What was said so far, oldest first; bounded, the oldest exchanges go first. A copy.</summary>
        public IReadOnlyList<Exchange> History => throw new NotImplementedException();

        /// <summary>
        /// The player speaks. Ends a turn that is still being answered; its late events are dropped. The first token is
        /// due within <paramref name="budgetSeconds"/>, each further one within <paramref name="paceSeconds"/> (0: reading
        /// speed). A turn that cannot go up ends at once with a Done event that says why.
        /// Throws <see cref="ArgumentException"/> for empty text.
        /// </summary>
        public Turn Say(string text, double budgetSeconds = 2, double paceSeconds = 0)
        {
            throw new NotImplementedException();
        }

        /// <summary>The player cuts in: the turn under way ends, and what has been said stays in the conversation.</summary>
        public void Interrupt()
        {
            throw new NotImplementedException();
        }

        /// <summary>Forgets the conversation and frees its memory on the server. It may not be used afterwards.</summary>
        public void Forget()
        {
            throw new NotImplementedException();
        }
    }
}
