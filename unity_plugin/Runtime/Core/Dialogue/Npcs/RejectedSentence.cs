using System;

namespace FrameBridge
{
    /// <summary>A sentence of the model's that was not said.</summary>
    public sealed class RejectedSentence
    {
        internal RejectedSentence()
        {
        }

        /// <summary>The sentence.</summary>
        public string Text { get; private set; } = string.Empty;

        /// <summary>What of it nothing supports: "the number 9", "the name Halda".</summary>
        public string Reason { get; private set; } = string.Empty;

        /// <summary>Whether the model was asked again for it; otherwise a safe line took its place.</summary>
        public bool Regenerated { get; private set; }

        internal bool Read(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: Text = reader.Text(); break;
                    case 2 << 3 | WireKind.Bytes: Reason = reader.Text(); break;
                    case 3 << 3 | WireKind.Varint: Regenerated = reader.Bool(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
