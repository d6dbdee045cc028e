using System.Collections.Generic;
using System.Linq;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Queued messages are bounded, in order, and return to their pool; those of one update go together.</summary>
    public class OutboxTests
    {
        private const int Limit = 16 * 1024;
        private const int Field = 8;
        private const int NumberField = 1;
        private const int PayloadField = 2;

        private GameUpdate _update;
        private Outbox _outbox;
        private OutgoingBundle _taken;

        [SetUp]
        public void Make()
        {
            _update = new GameUpdate();
            _outbox = new Outbox(Limit, _update);
            _taken = new OutgoingBundle(Field);
            _outbox.Use(bundles: true);
        }

        [Test]
        public void NothingIsTakenWhileItIsClosed()
        {
            Assert.That(_outbox.Take(), Is.Null);
            _outbox.Open();
            Assert.That(_outbox.Take(), Is.Not.Null);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ItHoldsNoMoreThanItSaysAndKeepsTheOrder(bool bundles)
        {
            _outbox.Use(bundles);
            _outbox.Open();
            for (var i = 1; i <= Outbox.MaxMessages; i++)
            {
                Assert.That(Post(i), Is.True);
            }

            Assert.That(_outbox.Take(), Is.Null, "full");
            var sent = Sent();
            Assert.That(sent.SelectMany(each => each), Is.EqualTo(Enumerable.Range(1, Outbox.MaxMessages)));
            Assert.That(sent.Max(each => each.Length), Is.EqualTo(bundles ? BundleReader.MostParts : 1));
        }

        [Test]
        public void ClosingGivesAllWritersBack()
        {
            var pool = new WriterPool(3, 16, 1024);
            _outbox.Open();
            for (var i = 0; i < 3; i++)
            {
                _outbox.Post(pool.Take());
            }

            _outbox.Close();
            Assert.That(pool.FreeCount, Is.EqualTo(3));
            Assert.That(_outbox.Post(pool.Take()), Is.False);
            Assert.That(pool.FreeCount, Is.EqualTo(3), "also that of a message that could not be sent");
        }

        [Test]
        public void WithoutAnUpdateNothingWaits()
        {
            _outbox.Open();
            Post(1);
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 1 }));
        }

        [Test]
        public void MessagesOfOneUpdateGoTogetherAtItsEnd()
        {
            _outbox.Open();
            _update.Begin(0);
            Post(1);
            Post(2);
            Assert.That(Sent(), Is.Empty, "the update goes on");
            EndUpdate();
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 1, 2 }));
        }

        [Test]
        public void WithAServerThatTakesNoBundlesNothingWaitsOrIsJoined()
        {
            _outbox.Use(bundles: false);
            _outbox.Open();
            _update.Begin(0);
            Post(1);
            Post(2, rides: true);
            Assert.That(Sent().Select(each => each.Single()), Is.EqualTo(new[] { 1, 2 }));
        }

        [Test]
        public void WhatRidesWaitsForTheEndOfAnUpdateOrForAnotherMessage()
        {
            _outbox.Open();
            Post(1, rides: true);
            Assert.That(Sent(), Is.Empty);
            EndUpdate();
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 1 }));
            Post(2, rides: true);
            Post(3);
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 2, 3 }));
            for (var i = 1; i <= BundleReader.MostParts; i++)
            {
                Post(i, rides: true);
            }

            Assert.That(Sent().Single(), Has.Length.EqualTo(BundleReader.MostParts), "a full bundle gains nothing by waiting");
        }

        [Test]
        public void AnswersToTheRestOfABundleGoTogether()
        {
            _outbox.Open();
            _outbox.BeginReading();
            Post(1);
            Post(2, rides: true);
            Post(3);
            Post(4, rides: true);
            Assert.That(Sent(), Is.Empty);
            _outbox.EndReading();
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 1, 2, 3 }));
            EndUpdate();
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 4 }));
        }

        [Test]
        public void ALargeMessageGoesAloneAndAtOnceAndInOrder()
        {
            _outbox.Open();
            _update.Begin(0);
            Post(1);
            Post(2);
            Post(3, BundleReader.MostPartBytes + 1);
            Post(4);
            Assert.That(Sent(), Is.EqualTo(new[] { new[] { 1, 2 }, new[] { 3 } }));
            EndUpdate();
            Assert.That(Sent().Single(), Is.EqualTo(new[] { 4 }));
        }

        [Test]
        public void ABundleHoldsNoMoreFieldsThanTheContractAllows()
        {
            _outbox.Open();
            _update.Begin(0);
            for (var i = 0; i < 3; i++)
            {
                var writer = _outbox.Take();
                for (var field = 0; field < 1500; field++)
                {
                    writer.NumberAlways(1, i);
                }

                _outbox.Post(writer);
            }

            EndUpdate();
            var counts = new List<int>();
            while (_outbox.TryTake(_taken))
            {
                counts.Add(_taken.Count);
                _taken.Clear();
            }

            Assert.That(counts, Is.EqualTo(new[] { 2, 1 }));
        }

        private enum Step
        {
            Post,
            PostRider,
            PostLarge,
            Begin,
            End,
            BeginReading,
            EndReading,
            Take,
        }

        [Test]
        public void WhateverHappensNothingIsLostOrOvertakenAndNothingWaitsAfterAnUpdate() =>
            Gen.Select(Gen.Int[0, (int)Step.Take], Gen.Int[0, BundleReader.MostPartBytes - 16]).Array[0, 200].Sample(steps =>
        {
            Make();
            _outbox.Open();
            var posted = new List<int>();
            var sent = new List<int[]>();
            foreach (var (step, bytes) in steps)
            {
                switch ((Step)step)
                {
                    case Step.Begin: _update.Begin(0); break;
                    case Step.End: EndUpdate(); break;
                    case Step.BeginReading: _outbox.BeginReading(); break;
                    case Step.EndReading: _outbox.EndReading(); break;
                    case Step.Take: sent.AddRange(Sent()); break;
                    default:
                        Assert.That(Post(posted.Count + 1, step == (int)Step.PostLarge ? Limit - 64 : bytes, step == (int)Step.PostRider), Is.True);
                        posted.Add(posted.Count + 1);
                        break;
                }
            }

            _outbox.EndReading();
            EndUpdate();
            sent.AddRange(Sent());
            Assert.That(sent.SelectMany(each => each), Is.EqualTo(posted));
        }, iter: 2000, threads: 1);

        private bool Post(int number, int bytes = 0, bool rides = false)
        {
            var writer = _outbox.Take();
            writer.Bytes(PayloadField, new byte[bytes]);
            writer.Number(NumberField, number);
            return _outbox.Post(writer, rides);
        }

        private void EndUpdate()
        {
            _update.End();
            _outbox.Flush();
        }

        /// <summary>What the sending thread sends now: the numbers in each message.</summary>
        private List<int[]> Sent()
        {
            var sent = new List<int[]>();
            while (_outbox.TryTake(_taken))
            {
                sent.Add(Numbers(_taken.Join().ToArray(), _taken.Count));
                _taken.Clear();
            }

            return sent;
        }

        private static int[] Numbers(byte[] message, int count)
        {
            if (!BundleReader.Is(message, Field))
            {
                Assert.That(count, Is.EqualTo(1));
                return new[] { Number(message) };
            }

            Assert.That(BundleReader.TryOpen(message, Field, out var bundle), Is.True);
            Assert.That(bundle.Count, Is.EqualTo(count).And.GreaterThan(1));
            Assert.That(message.Length, Is.LessThanOrEqualTo(OutgoingBundle.MostBytes + 1024));
            var numbers = new List<int>();
            while (bundle.Next(out var part))
            {
                Assert.That(part.Length, Is.LessThanOrEqualTo(BundleReader.MostPartBytes));
                numbers.Add(Number(part.ToArray()));
            }

            return numbers.ToArray();
        }

        private static int Number(byte[] message)
        {
            var reader = new WireReader(message);
            Assert.That(reader.Next() && reader.Is(NumberField, WireKind.Varint), Is.True);
            return reader.Int32();
        }
    }
}
