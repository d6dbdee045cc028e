using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What is wrong with a character: a sentence for each problem, with its place.</summary>
    public sealed class NpcException : Exception
    {
        internal NpcException(IReadOnlyList<string> problems)
            : base(string.Join("\n", problems))
        {
            Problems = problems;
        }

        /// <summary>The sentences.</summary>
        public IReadOnlyList<string> Problems { get; }
    }
}
