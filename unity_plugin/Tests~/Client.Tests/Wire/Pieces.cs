using System;
using System.Buffers;

namespace FrameBridge.Tests
{
    /// <summary>Bytes in three pieces.</summary>
    internal sealed class Pieces : ReadOnlySequenceSegment<byte>
    {
        private Pieces(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public static ReadOnlySequence<byte> Of(byte[] whole, int first, int second)
        {
            var one = new Pieces(whole.AsMemory(0, first), 0);
            var two = new Pieces(whole.AsMemory(first, second - first), first);
            var three = new Pieces(whole.AsMemory(second), second);
            one.Next = two;
            two.Next = three;
            return new ReadOnlySequence<byte>(one, 0, three, three.Memory.Length);
        }
    }
}
