using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Iterates over the fields of one protobuf message without allocating. Malformed bytes set <see cref="Failed"/>
    /// and end the iteration: nothing here throws, reads past the end or trusts a length.
    /// </summary>
    internal ref struct WireReader
    {
        private const int MaxGroupDepth = 32;
        private readonly ReadOnlySpan<byte> _bytes;
        private int _at;

        public WireReader(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes;
            _at = 0;
            Field = 0;
            Kind = 0;
            Failed = false;
        }

        /// <summary>The current field's number.</summary>
        public int Field { get; private set; }

        /// <summary>The current field's wire type: one of <see cref="WireKind"/>.</summary>
        public int Kind { get; private set; }

        /// <summary>Whether the bytes are malformed.</summary>
        public bool Failed { get; private set; }

        /// <summary>Advances to the next field; false at the end or where the bytes are malformed.</summary>
        public bool Next()
        {
            if (Failed || _at >= _bytes.Length)
            {
                return false;
            }

            var tag = Varint();
            Field = (int)((uint)tag >> 3);
            Kind = (int)(tag & 7);
            if (tag > uint.MaxValue || Field == 0 || Kind == WireKind.GroupEnd || Kind > WireKind.Fixed32)
            {
                Failed = true;
            }

            return !Failed;
        }

        /// <summary>Whether the current field has this number and wire type.</summary>
        public readonly bool Is(int field, int kind) => Field == field && Kind == kind;

        /// <summary>A 64-bit integer.</summary>
        public long Int64() => (long)Varint();

        /// <summary>An integer, truncated to its low 32 bits as protobuf does.</summary>
        public int Int32() => (int)Varint();

        /// <summary>A boolean.</summary>
        public bool Bool() => Varint() != 0;

        /// <summary>A 32-bit float.</summary>
        public float Single()
        {
            var bytes = Take(4);
            return bytes.Length < 4
                ? 0f
                : BitConverter.Int32BitsToSingle(bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24);
        }

        /// <summary>Bytes, text or a nested message, as a view.</summary>
        public ReadOnlySpan<byte> Bytes()
        {
            var size = Varint();
            return size > int.MaxValue ? Fail() : Take((int)size);
        }

        /// <summary>Text, as a new string. Invalid UTF-8 becomes the replacement character.</summary>
        public string Text() => Encoding.UTF8.GetString(Bytes());

        /// <summary>One text of a repeated field; those after the first <paramref name="most"/> are skipped.</summary>
        public void Texts(List<string> into, int most)
        {
            var bytes = Bytes();
            if (!Failed && into.Count < most)
            {
                into.Add(Encoding.UTF8.GetString(bytes));
            }
        }

        /// <summary>
        /// One number of a repeated field, or a packed run of them, as writers may choose; those after the first
        /// <paramref name="most"/> are skipped.
        /// </summary>
        public void Numbers(List<int> into, int most)
        {
            if (Kind == WireKind.Varint)
            {
                Keep(into, most);
                return;
            }

            var packed = new WireReader(Bytes());
            while (!packed.Failed && packed._at < packed._bytes.Length)
            {
                packed.Keep(into, most);
            }

            Failed |= packed.Failed;
        }

        /// <summary>The position of the next byte.</summary>
        public readonly int Position => _at;

        /// <summary>Skips the field's value.</summary>
        public void Skip() => Skip(Field, Kind, 0);

        private void Keep(List<int> into, int most)
        {
            var number = Int32();
            if (!Failed && into.Count < most)
            {
                into.Add(number);
            }
        }

        private void Skip(int field, int kind, int depth)
        {
            switch (kind)
            {
                case WireKind.Varint: Varint(); break;
                case WireKind.Fixed64: Take(8); break;
                case WireKind.Bytes: Bytes(); break;
                case WireKind.Fixed32: Take(4); break;
                case WireKind.GroupStart: SkipGroup(field, depth + 1); break;
                default: Failed = true; break;
            }
        }

        private void SkipGroup(int field, int depth)
        {
            Failed |= depth > MaxGroupDepth;
            while (!Failed)
            {
                var tag = Varint();
                var inner = (int)((uint)tag >> 3);
                if (tag > uint.MaxValue || inner == 0)
                {
                    Failed = true;
                }
                else if ((int)(tag & 7) == WireKind.GroupEnd)
                {
                    Failed |= inner != field;
                    return;
                }
                else
                {
                    Skip(inner, (int)(tag & 7), depth);
                }
            }
        }

        private ulong Varint()
        {
            ulong number = 0;
            for (var shift = 0; shift < 70 && _at < _bytes.Length; shift += 7)
            {
                var part = _bytes[_at++];
                number |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return number;
                }
            }

            Failed = true;
            return 0;
        }

        private ReadOnlySpan<byte> Take(int size)
        {
            if (Failed || size > _bytes.Length - _at)
            {
                return Fail();
            }

            var part = _bytes.Slice(_at, size);
            _at += size;
            return part;
        }

        private ReadOnlySpan<byte> Fail()
        {
            Failed = true;
            return default;
        }
    }
}
