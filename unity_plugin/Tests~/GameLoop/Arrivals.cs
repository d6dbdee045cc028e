using System;
using System.Buffers;
using System.Threading;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// Counts the frames of each slot as they arrive, and copies each to its own buffer on the receiving thread, so
    /// that the bare copy on the main thread reads bytes in the same cache state as ours, written by another thread.
    /// </summary>
    internal sealed class Arrivals : IMessageReader
    {
        private readonly byte[][] _mirrors;
        private readonly long[] _counts;
        private IMessageReader _next;

        internal Arrivals(int slots, int frameBytes)
        {
            _mirrors = new byte[slots][];
            _counts = new long[slots];
            for (int i = 0; i < slots; i++)
            {
                _mirrors[i] = new byte[frameBytes];
            }
        }

        internal ReadOnlySpan<byte> Mirror(int slot) => _mirrors[slot];

        internal IMessageReader Before(IMessageReader next)
        {
            _next = next;
            return this;
        }

        /// <summary>Whether each slot has had a frame since this was last true.</summary>
        internal bool AllCame(long[] before)
        {
            for (int i = 0; i < _counts.Length; i++)
            {
                if (Volatile.Read(ref _counts[i]) <= before[i])
                {
                    return false;
                }
            }

            for (int i = 0; i < _counts.Length; i++)
            {
                before[i] = Volatile.Read(ref _counts[i]);
            }

            return true;
        }

        public void Read(in ReadOnlySequence<byte> message)
        {
            _next.Read(message);
            int frameBytes = _mirrors[0].Length;
            if (message.Length <= frameBytes)
            {
                return; // not a frame
            }

            int slot = SlotOf(message);
            message.Slice(message.Length - frameBytes).CopyTo(_mirrors[slot]); // the payload is at the message's end
            Interlocked.Increment(ref _counts[slot]);
        }

        /// <summary>The first field of a frame; a slot of 0 is left out.</summary>
        private static int SlotOf(in ReadOnlySequence<byte> message)
        {
            var reader = new SequenceReader<byte>(message);
            reader.Advance(1);
            while (reader.TryRead(out byte length) && length >= 0x80)
            {
            }

            return reader.TryRead(out byte tag) && tag == 1 << 3 && reader.TryRead(out byte slot) ? slot : 0;
        }
    }
}
