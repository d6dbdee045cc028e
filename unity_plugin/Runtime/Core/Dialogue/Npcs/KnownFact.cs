using System;

namespace FrameBridge
{
    /// <summary>Something that an NPC knows, and where that is from.</summary>
    public sealed class KnownFact
    {
        internal KnownFact()
        {
        }

        /// <summary>The sentence.</summary>
        public string Text { get; private set; } = string.Empty;

        /// <summary>Where it is from, as in <see cref="SentenceTrace.Sources"/>.</summary>
        public string Source { get; private set; } = string.Empty;

        /// <summary>How similar it is to what the player said, from -1 to 1; 0 where it was not compared.</summary>
        public float Similarity { get; private set; }

        internal bool Read(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: Text = reader.Text(); break;
                    case 2 << 3 | WireKind.Bytes: Source = reader.Text(); break;
                    case 3 << 3 | WireKind.Fixed32: Similarity = reader.Single(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
