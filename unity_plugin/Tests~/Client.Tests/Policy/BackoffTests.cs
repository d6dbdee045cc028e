using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>The pauses between attempts: 0, 1, 2, 4 and then the longest, each slightly shortened.</summary>
    public class BackoffTests
    {
        [Test]
        public void PausesGrowToTheLongest()
        {
            var backoff = new Backoff(8, 1);
            var whole = new[] { 0.0, 1, 2, 4, 8, 8, 8 };
            foreach (var pause in whole)
            {
                Assert.That(backoff.Next(), Is.InRange(0.75 * pause, pause));
            }

            backoff.Reset();
            Assert.That(backoff.Next(), Is.EqualTo(0));
        }

        [Test]
        public void TwoClientsDoNotComeAtTheSameTime()
        {
            var one = new Backoff(8, 1);
            var other = new Backoff(8, 2);
            one.Next();
            other.Next();
            Assert.That(one.Next(), Is.Not.EqualTo(other.Next()));
        }
    }
}
