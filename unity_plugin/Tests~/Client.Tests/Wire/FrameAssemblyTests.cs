using System;
using System.Linq;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>
    /// Chunks of frames: those in order make the frame, others are rejected, and no byte is written out of bounds.
    /// </summary>
    public class FrameAssemblyTests
    {
        private const int Most = 1000;

        [Test]
        public void ChunksInOrderMakeTheFrame() => Gen.Select(Gen.Byte.Array[1, Most], Gen.Int[1, 400]).Sample((whole, size) =>
        {
            var assembly = new FrameAssembly(Most);
            var buffer = new FrameBuffer(16);
            for (var offset = 0; offset < whole.Length; offset += size)
            {
                var part = whole.AsSpan(offset, Math.Min(size, whole.Length - offset));
                var isLast = offset + part.Length == whole.Length;
                Assert.That(assembly.Add(Header(1, offset, whole.Length), part, buffer), Is.EqualTo(isLast ? ChunkResult.Complete : ChunkResult.More));
            }

            Assert.That(buffer.Bytes.AsSpan(0, whole.Length).SequenceEqual(whole));
        });

        [Test]
        public void AnythingAtAllNeverThrowsAndOnlyWholeFramesAreComplete() =>
            Gen.Select(Gen.Int[1, 3], Gen.OneOf(Gen.Int[-2, 40], Gen.Int), Gen.OneOf(Gen.Int[-2, 40], Gen.Int), Gen.Int[0, 40]).Array[1, 60].Sample(chunks =>
            {
                var assembly = new FrameAssembly(Most);
                var buffer = new FrameBuffer(16);
                var filled = 0;
                foreach (var (index, offset, total, size) in chunks)
                {
                    var result = assembly.Add(Header(index, offset, total), new byte[size], buffer);
                    filled = result == ChunkResult.Wrong ? 0 : offset == 0 ? size : filled + size;
                    Assert.That(result == ChunkResult.Complete, Is.EqualTo(result != ChunkResult.Wrong && filled == total));
                    Assert.That(buffer.Bytes.Length, Is.LessThanOrEqualTo(Most));
                }
            });

        [TestCase(0, 0, 10)]
        [TestCase(0, Most + 1, 10)]
        [TestCase(0, -5, 10)]
        [TestCase(0, 9, 10)]
        [TestCase(5, 10, 5)]
        [TestCase(0, 10, 0)]
        [TestCase(-1, 10, 5)]
        [TestCase(int.MaxValue, int.MaxValue, 10)]
        public void AChunkThatFitsNowhereIsRefused(int offset, int total, int size) => Assert.That(
            new FrameAssembly(Most).Add(Header(1, offset, total), new byte[size], new FrameBuffer(16)), Is.EqualTo(ChunkResult.Wrong));

        [Test]
        public void OverlappingAndRepeatedChunksEndTheirFrame()
        {
            var assembly = new FrameAssembly(Most);
            var buffer = new FrameBuffer(16);
            Assert.That(assembly.Add(Header(1, 0, 20), new byte[10], buffer), Is.EqualTo(ChunkResult.More));
            Assert.That(assembly.Add(Header(1, 5, 20), new byte[10], buffer), Is.EqualTo(ChunkResult.Wrong));
            Assert.That(assembly.Add(Header(1, 10, 20), new byte[10], buffer), Is.EqualTo(ChunkResult.Wrong), "the frame was given up");
        }

        [Test]
        public void ANewerFrameStartsAnew()
        {
            var assembly = new FrameAssembly(Most);
            var buffer = new FrameBuffer(16);
            Assert.That(assembly.Add(Header(1, 0, 20), Enumerable.Repeat((byte)1, 10).ToArray(), buffer), Is.EqualTo(ChunkResult.More));
            Assert.That(assembly.Add(Header(2, 0, 4), new byte[] { 2, 2, 2, 2 }, buffer), Is.EqualTo(ChunkResult.Complete));
            Assert.That(buffer.Bytes.Take(4), Is.All.EqualTo(2));
            Assert.That(assembly.Add(Header(1, 10, 20), new byte[10], buffer), Is.EqualTo(ChunkResult.Wrong));
        }

        private static FrameHeader Header(long index, int offset, int total) =>
            new FrameHeader { FrameIndex = index, ChunkOffset = offset, TotalBytes = total };
    }
}
