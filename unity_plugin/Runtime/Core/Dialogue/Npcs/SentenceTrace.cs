using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Why a sentence was said.</summary>
    public sealed class SentenceTrace
    {
        private readonly List<string> _sources = new List<string>();

        internal SentenceTrace()
        {
        }

        /// <summary>What made it.</summary>
        public SentenceStage Stage { get; private set; }

        /// <summary>
        /// What it rests on: "wares[0].price", "lore[1]", "memory[3]", "sum", "action:open_shop", "lines[2].say[0]". May be
        /// empty.
        /// </summary>
        public IReadOnlyList<string> Sources => _sources;

        internal bool Read(ReadOnlySpan<byte> bytes, NameTable names)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    Stage = (SentenceStage)reader.Int32();
                }
                else if (reader.Is(2, WireKind.Bytes))
                {
                    _sources.Add(names.Get(reader.Bytes()));
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }
    }
}
