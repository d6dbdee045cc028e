using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Queued messages are bounded, in order, and return to their pool.</summary>
    public class OutboxTests
    {
        [Test]
        public void NothingIsTakenWhileItIsClosed()
        {
            var outbox = new Outbox(1024);
            Assert.That(outbox.Take(), Is.Null);
            outbox.Open();
            Assert.That(outbox.Take(), Is.Not.Null);
        }

        [Test]
        public void ItHoldsNoMoreThanItSaysAndKeepsTheOrder()
        {
            var outbox = new Outbox(1024);
            outbox.Open();
            for (var i = 1; i <= Outbox.MaxMessages; i++)
            {
                var writer = outbox.Take();
                writer.Number(1, i);
                Assert.That(outbox.Post(writer), Is.True);
            }

            Assert.That(outbox.Take(), Is.Null, "full");
            for (var i = 1; i <= Outbox.MaxMessages; i++)
            {
                var reader = new WireReader(outbox.TryNext().Written.Span);
                Assert.That(reader.Next() && reader.Int32() == i);
            }

            Assert.That(outbox.TryNext(), Is.Null);
        }

        [Test]
        public void ClosingGivesAllWritersBack()
        {
            var outbox = new Outbox(1024);
            var pool = new WriterPool(3, 16, 1024);
            outbox.Open();
            for (var i = 0; i < 3; i++)
            {
                outbox.Post(pool.Take());
            }

            outbox.Close();
            Assert.That(pool.FreeCount, Is.EqualTo(3));
            Assert.That(outbox.Post(pool.Take()), Is.False);
            Assert.That(pool.FreeCount, Is.EqualTo(3), "also that of a message that could not be sent");
        }
    }
}
