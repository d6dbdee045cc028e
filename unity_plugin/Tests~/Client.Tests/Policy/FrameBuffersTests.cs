using System.Threading;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Newest wins, and neither side ever sees the other's buffer.</summary>
    public class FrameBuffersTests
    {
        private const int Frames = 20_000;

        [Test]
        public void TheNewestIsTakenOnce()
        {
            var buffers = new FrameBuffers(1);
            Assert.That(buffers.TryTake(out _), Is.False);
            Publish(buffers, 1);
            Publish(buffers, 2);
            Assert.That(buffers.TryTake(out var taken), Is.True);
            Assert.That(taken.Frame.FrameIndex, Is.EqualTo(2));
            Assert.That(buffers.TryTake(out _), Is.False);
        }

        [Test]
        public void AWithdrawnFrameIsNotShown()
        {
            var buffers = new FrameBuffers(1);
            Publish(buffers, 1);
            buffers.Withdraw();
            Assert.That(buffers.TryTake(out _), Is.False);
            Publish(buffers, 2);
            Assert.That(buffers.TryTake(out var taken) && taken.Frame.FrameIndex == 2);
        }

        [Test]
        public void UnderRaceNoFrameIsTornAndIndicesRise()
        {
            var buffers = new FrameBuffers(64);
            var writer = new Thread(() =>
            {
                for (var i = 1; i <= Frames; i++)
                {
                    System.Array.Fill(buffers.Writing.Bytes, (byte)i);
                    Publish(buffers, i);
                }
            });
            writer.Start();
            long last = 0;
            while (last < Frames)
            {
                if (buffers.TryTake(out var taken))
                {
                    Assert.That(taken.Frame.FrameIndex, Is.GreaterThan(last));
                    last = taken.Frame.FrameIndex;
                    foreach (var part in taken.Bytes)
                    {
                        if (part != (byte)last)
                        {
                            Assert.Fail($"frame {last} is torn");
                        }
                    }
                }
            }

            writer.Join();
        }

        private static void Publish(FrameBuffers buffers, long index)
        {
            buffers.Writing.Frame.FrameIndex = index;
            buffers.Publish();
        }
    }
}
