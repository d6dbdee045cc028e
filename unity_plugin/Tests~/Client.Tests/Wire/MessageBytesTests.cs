using System;
using System.Buffers;
using System.Linq;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A message in several pieces is the same as one in one piece.</summary>
    public class MessageBytesTests
    {
        [Test]
        public void EverySplitPointGivesTheSameBytes()
        {
            var whole = Enumerable.Range(0, 300).Select(i => (byte)i).ToArray();
            var bytes = new MessageBytes(1024);
            for (var first = 0; first <= whole.Length; first++)
            {
                for (var second = first; second <= whole.Length; second += 37)
                {
                    Assert.That(bytes.TryGet(Pieces.Of(whole, first, second), out var joined), Is.True);
                    Assert.That(joined.SequenceEqual(whole));
                }
            }
        }

        [Test]
        public void OnePieceIsNotCopied()
        {
            var whole = new byte[] { 1, 2, 3 };
            Assert.That(new MessageBytes(16).TryGet(new ReadOnlySequence<byte>(whole), out var view), Is.True);
            Assert.That(view.Overlaps(whole));
        }

        [Test]
        public void MessagesOverTheLimitAreRefused()
        {
            Assert.That(new MessageBytes(16).TryGet(new ReadOnlySequence<byte>(new byte[17]), out _), Is.False);
            Assert.That(new MessageBytes(16).TryGet(Pieces.Of(new byte[17], 3, 9), out _), Is.False);
        }

        [Test]
        public void RandomSplitsOfRealMessages() => Gen.Select(Generators.AvatarResponses, Gen.Double.Unit, Gen.Double.Unit).Sample(
            (message, one, other) =>
            {
                var whole = Google.Protobuf.MessageExtensions.ToByteArray(message);
                var first = (int)(Math.Min(one, other) * whole.Length);
                var second = (int)(Math.Max(one, other) * whole.Length);
                Assert.That(new MessageBytes(65536).TryGet(Pieces.Of(whole, first, second), out var joined), Is.True);
                Assert.That(joined.SequenceEqual(whole));
            });
    }
}
