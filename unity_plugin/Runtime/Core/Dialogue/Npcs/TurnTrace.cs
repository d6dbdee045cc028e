using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Why a turn with an NPC went as it did. What made each sentence is with the sentences.</summary>
    public sealed class TurnTrace
    {
        private const int MostListed = 1024;
        private readonly List<KnownFact> _known = new List<KnownFact>();
        private readonly List<RejectedSentence> _rejected = new List<RejectedSentence>();

        internal TurnTrace()
        {
        }

        /// <summary>What the player's line was taken for: "lines[0]", "actions[1]", "refusals[0]"; empty for free talk.</summary>
        public string Intent { get; private set; } = string.Empty;

        /// <summary>How similar it is to that one's examples, from -1 to 1; for free talk, to those of the nearest one.</summary>
        public float Similarity { get; private set; }

        /// <summary>For free talk: the nearest intent.</summary>
        public string Nearest { get; private set; } = string.Empty;

        /// <summary>What was computed or looked up for this line.</summary>
        public IReadOnlyList<KnownFact> Known => _known;

        /// <summary>Sentences that were not said.</summary>
        public IReadOnlyList<RejectedSentence> Rejected => _rejected;

        internal bool Read(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: Intent = reader.Text(); break;
                    case 2 << 3 | WireKind.Fixed32: Similarity = reader.Single(); break;
                    case 3 << 3 | WireKind.Bytes: Nearest = reader.Text(); break;
                    case 4 << 3 | WireKind.Bytes: whole = ReadKnown(reader.Bytes()); break;
                    case 5 << 3 | WireKind.Bytes: whole = ReadRejected(reader.Bytes()); break;
                    default: reader.Skip(); break;
                }
            }

            return whole && !reader.Failed;
        }

        private bool ReadKnown(ReadOnlySpan<byte> bytes)
        {
            var fact = new KnownFact();
            var whole = fact.Read(bytes);
            if (_known.Count < MostListed)
            {
                _known.Add(fact);
            }

            return whole;
        }

        private bool ReadRejected(ReadOnlySpan<byte> bytes)
        {
            var sentence = new RejectedSentence();
            var whole = sentence.Read(bytes);
            if (_rejected.Count < MostListed)
            {
                _rejected.Add(sentence);
            }

            return whole;
        }
    }
}
