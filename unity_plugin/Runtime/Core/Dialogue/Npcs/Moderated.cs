using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What a player said was marked or held by the server's moderation.</summary>
    public sealed class Moderated
    {
        private readonly List<string> _reasons = new List<string>();

        internal Moderated()
        {
        }

        /// <summary>Which of both.</summary>
        public ModerationOutcome Outcome { get; private set; }

        /// <summary>From 0 to 1, of a classifier if there is one. It decides nothing by itself.</summary>
        public float Score { get; private set; }

        /// <summary>Categories: "self_harm".</summary>
        public IReadOnlyList<string> Reasons => _reasons;

        internal bool Read(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Varint: Outcome = (ModerationOutcome)reader.Int32(); break;
                    case 2 << 3 | WireKind.Fixed32: Score = reader.Single(); break;
                    case 3 << 3 | WireKind.Bytes: reader.Texts(_reasons, 64); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
