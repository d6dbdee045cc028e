using System;

namespace FrameBridge
{
    /// <summary>
    /// What goes out as one message: one that stands alone, or several small ones, joined in a reused buffer. One thread.
    /// </summary>
    internal sealed class OutgoingBundle
    {
        /// <summary>Bytes of all parts at most, far below any server's limit on a message.</summary>
        public const int MostBytes = 32 * 1024;

        private const int MostFields = 4096; // in all parts, nested ones included; the contract's limit
        private const int InitialBytes = 1024;
        private const int PrefixBytes = 8; // around a part or all of them, at most
        private readonly WireWriter[] _parts = new WireWriter[BundleReader.MostParts];
        private readonly WireWriter _joined = new WireWriter(InitialBytes, MostBytes + ((BundleReader.MostParts + 1) * PrefixBytes));
        private readonly int _field;
        private int _bytes;
        private int _fields;

        /// <summary><paramref name="field"/> is the bundle's in its stream's requests.</summary>
        public OutgoingBundle(int field)
        {
            _field = field;
        }

        /// <summary>Its messages, in order.</summary>
        public ReadOnlySpan<WireWriter> Parts => new ReadOnlySpan<WireWriter>(_parts, 0, Count);

        public int Count { get; private set; }

        /// <summary>Whether a message of this size can be a part.</summary>
        public static bool IsSmall(WireWriter writer) => writer.Length <= BundleReader.MostPartBytes;

        /// <summary>Adds the next message; false if it has to go in another one.</summary>
        public bool TryAdd(WireWriter writer)
        {
            if (Count > 0 && !HasRoomFor(writer))
            {
                return false;
            }

            _parts[Count++] = writer;
            _bytes += writer.Length;
            _fields += writer.Fields;
            return true;
        }

        /// <summary>The message to send, valid until the next call.</summary>
        public ReadOnlyMemory<byte> Join()
        {
            if (Count == 1)
            {
                return _parts[0].Written;
            }

            _joined.Reset();
            for (var i = Count - 1; i >= 0; i--)
            {
                _joined.Bytes(BundleReader.PartsField, _parts[i].Written.Span);
            }

            _joined.Close(_field, 0);
            return _joined.Written;
        }

        /// <summary>Returns all writers to their pools.</summary>
        public void Clear()
        {
            for (var i = 0; i < Count; i++)
            {
                _parts[i].Pool.Return(_parts[i]);
                _parts[i] = null;
            }

            Count = _bytes = _fields = 0;
        }

        private bool HasRoomFor(WireWriter writer) =>
            Count < BundleReader.MostParts
            && IsSmall(_parts[0])
            && IsSmall(writer)
            && _bytes + writer.Length <= MostBytes
            && _fields + writer.Fields <= MostFields;
    }
}
