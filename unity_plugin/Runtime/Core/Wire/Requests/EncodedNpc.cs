using System;

namespace FrameBridge
{
    /// <summary>A character as it goes over the wire, encoded once. Immutable.</summary>
    internal sealed class EncodedNpc
    {
        private const int InitialBytes = 4096;
        private const int MostBytes = 4 << 20;

        /// <summary>Throws <see cref="BridgeException"/> for more than any server takes.</summary>
        public EncodedNpc(Npc npc)
        {
            var writer = new WireWriter(InitialBytes, MostBytes);
            NpcRequests.Write(writer, npc);
            Bytes = writer.Written;
            Fields = writer.Fields;
        }

        public ReadOnlyMemory<byte> Bytes { get; }

        /// <summary>Its fields, those of nested messages included.</summary>
        public int Fields { get; }

        public bool IsSame(EncodedNpc other) => other != null && Bytes.Span.SequenceEqual(other.Bytes.Span);
    }
}
