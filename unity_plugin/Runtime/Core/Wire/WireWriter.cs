using System;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Writes one protobuf message into a reused buffer, from the end to the beginning, so that the length of a nested
    /// message is known when needed and nothing is moved: write the fields in descending order. Default values are
    /// omitted, as protobuf does.
    /// </summary>
    internal sealed class WireWriter
    {
        private readonly int _maxBytes;
        private byte[] _buffer;
        private int _start;

        /// <summary>Makes a writer for messages of at most <paramref name="maxBytes"/>; its buffer grows up to that.</summary>
        public WireWriter(int initialBytes, int maxBytes, WriterPool pool = null)
        {
            _maxBytes = maxBytes;
            _buffer = new byte[initialBytes];
            _start = initialBytes;
            Pool = pool;
        }

        /// <summary>The pool that it returns to once its message is sent.</summary>
        public WriterPool Pool { get; }

        /// <summary>Bytes written so far: a mark for <see cref="Close"/>.</summary>
        public int Length => _buffer.Length - _start;

        /// <summary>Fields written so far, those of nested messages included.</summary>
        public int Fields { get; private set; }

        /// <summary>The message.</summary>
        public ReadOnlyMemory<byte> Written => new ReadOnlyMemory<byte>(_buffer, _start, Length);

        /// <summary>Starts a new message.</summary>
        public void Reset()
        {
            _start = _buffer.Length;
            Fields = 0;
        }

        /// <summary>An integer, or a boolean as 0 or 1.</summary>
        public void Number(int field, long value)
        {
            if (value != 0)
            {
                NumberAlways(field, value);
            }
        }

        /// <summary>An integer of a repeated field, written even if 0.</summary>
        public void NumberAlways(int field, long value)
        {
            Varint((ulong)value);
            Tag(field, WireKind.Varint);
        }

        /// <summary>A 32-bit float.</summary>
        public void Single(int field, float value)
        {
            if (BitConverter.SingleToInt32Bits(value) != 0)
            {
                SingleAlways(field, value);
            }
        }

        /// <summary>A 32-bit float whose presence counts, written even if 0.</summary>
        public void SingleAlways(int field, float value)
        {
            var bits = BitConverter.SingleToInt32Bits(value);
            var place = Claim(4);
            place[0] = (byte)bits;
            place[1] = (byte)(bits >> 8);
            place[2] = (byte)(bits >> 16);
            place[3] = (byte)(bits >> 24);
            Tag(field, WireKind.Fixed32);
        }

        /// <summary>Text; null is the same as empty.</summary>
        public void Text(int field, string value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                TextAlways(field, value);
            }
        }

        /// <summary>Text of a repeated field, written even if empty.</summary>
        public void TextAlways(int field, string value)
        {
            var size = Encoding.UTF8.GetByteCount(value);
            Encoding.UTF8.GetBytes(value.AsSpan(), Claim(size));
            Prefix(field, size);
        }

        /// <summary>Bytes.</summary>
        public void Bytes(int field, ReadOnlySpan<byte> value)
        {
            if (value.Length > 0)
            {
                value.CopyTo(Claim(value.Length));
                Prefix(field, value.Length);
            }
        }

        /// <summary>A nested message that is already encoded, with so many fields.</summary>
        public void Message(int field, ReadOnlySpan<byte> value, int fields)
        {
            value.CopyTo(Claim(value.Length));
            Prefix(field, value.Length);
            Fields += fields;
        }

        /// <summary>Raw bytes: part of a field, or fields that are already encoded and not counted.</summary>
        public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Claim(value.Length));

        /// <summary>
        /// Turns everything written since <paramref name="mark"/> into the nested message of <paramref name="field"/>.
        /// </summary>
        public void Close(int field, int mark) => Prefix(field, Length - mark);

        private void Prefix(int field, int size)
        {
            Varint((ulong)size);
            Tag(field, WireKind.Bytes);
        }

        private void Tag(int field, int kind)
        {
            Fields++;
            Varint((uint)(field << 3 | kind));
        }

        private void Varint(ulong value)
        {
            var size = 1;
            for (var rest = value >> 7; rest != 0; rest >>= 7)
            {
                size++;
            }

            var place = Claim(size);
            for (var i = 0; i < size - 1; i++, value >>= 7)
            {
                place[i] = (byte)(value | 0x80);
            }

            place[size - 1] = (byte)value;
        }

        private Span<byte> Claim(int size)
        {
            if (size > _start)
            {
                Grow(size);
            }

            _start -= size;
            return new Span<byte>(_buffer, _start, size);
        }

        private void Grow(int size)
        {
            var needed = (long)Length + size;
            if (needed > _maxBytes)
            {
                throw new BridgeException(
                    ErrorReason.TooLarge,
                    $"a message of {needed} bytes or more is over the limit of {_maxBytes}; send a smaller picture or a shorter text");
            }

            var larger = new byte[Math.Min(_maxBytes, Math.Max(needed, 2L * _buffer.Length))];
            var start = larger.Length - Length;
            Buffer.BlockCopy(_buffer, _start, larger, start, Length);
            _buffer = larger;
            _start = start;
        }
    }
}
