using System;
using System.Buffers;
using System.IO;

namespace FrameBridge
{
    /// <summary>Entries of a recording in a ring buffer. Under its recorder's gate.</summary>
    internal sealed class RecordRing
    {
        private readonly byte[] _bytes;
        private readonly byte[] _header = new byte[RecordHeader.Size];
        private int _first;
        private int _used;

        public RecordRing(int capacity)
        {
            _bytes = new byte[capacity];
        }

        /// <summary>Entries in the ring.</summary>
        public int Count { get; private set; }

        /// <summary>Adds an entry; returns how many were dropped for it, or 1 for one larger than the ring.</summary>
        public int Add(ref RecordHeader header, in ReadOnlySequence<byte> message)
        {
            if (message.Length > _bytes.Length - RecordHeader.Size)
            {
                return 1;
            }

            header.Length = (int)message.Length;
            header.Crc = 0;
            foreach (var part in message)
            {
                header.Crc = Crc32.Add(header.Crc, part.Span);
            }

            var dropped = MakeRoom(RecordHeader.Size + header.Length);
            header.Write(_header);
            Append(_header);
            foreach (var part in message)
            {
                Append(part.Span);
            }

            Count++;
            return dropped;
        }

        public void CopyTo(Stream destination)
        {
            var head = Math.Min(_used, _bytes.Length - _first);
            destination.Write(_bytes, _first, head);
            destination.Write(_bytes, 0, _used - head);
        }

        private int MakeRoom(int size)
        {
            var dropped = 0;
            for (; _used + size > _bytes.Length; dropped++)
            {
                for (var i = 0; i < RecordHeader.Size; i++)
                {
                    _header[i] = _bytes[(_first + i) % _bytes.Length];
                }

                var gone = RecordHeader.Size + RecordHeader.Read(_header).Length;
                _first = (_first + gone) % _bytes.Length;
                _used -= gone;
                Count--;
            }

            return dropped;
        }

        private void Append(ReadOnlySpan<byte> part)
        {
            var at = (int)(((long)_first + _used) % _bytes.Length);
            var head = Math.Min(part.Length, _bytes.Length - at);
            part.Slice(0, head).CopyTo(new Span<byte>(_bytes, at, head));
            part.Slice(head).CopyTo(new Span<byte>(_bytes, 0, part.Length - head));
            _used += part.Length;
        }
    }
}
