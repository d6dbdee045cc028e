using System.Linq;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>The estimate of the link, on a virtual clock.</summary>
    public class MeterTests
    {
        [Test]
        public void TheLinkIsWhatSevenOfTenKeptTo() => Gen.Double[0, 1].Array[1, 100].Sample(ways =>
        {
            var link = new LinkMeter();
            foreach (var way in ways)
            {
                link.Measure(way + 0.5, 0.5);
            }

            var recent = ways.TakeLast(32).OrderBy(way => way).ToArray();
            Assert.That(link.Seconds, Is.EqualTo(recent[(int)(0.7 * recent.Length)]).Within(1e-9));
            Assert.That(link.Least, Is.EqualTo(recent[0]).Within(1e-9));
        });

        [Test]
        public void AServerThatClaimsMoreTimeThanThereWasCountsAsNothing()
        {
            var link = new LinkMeter();
            link.Measure(0.010, 0.020);
            Assert.That(link.Seconds, Is.EqualTo(0));
        }

        [Test]
        public void EachMeasureIsReadOnceByWhoKeepsTheCount()
        {
            var link = new LinkMeter();
            long seen = 0;
            Assert.That(link.TryReadNewest(ref seen, out _), Is.False);
            link.Measure(0.080, 0);
            link.Measure(0.012, 0.002);
            Assert.That((link.TryReadNewest(ref seen, out var seconds), seconds), Is.EqualTo((true, 0.010)).Within(1e-9));
            Assert.That(link.TryReadNewest(ref seen, out _), Is.False);
        }

        [Test]
        public void TheRateIsTheUpperQuartileOfRecentFrames() => Gen.Double[1, 1000].Array[1, 60].Sample(rates =>
        {
            var rate = new RateMeter();
            foreach (var one in rates)
            {
                rate.Note((long)(one * 1000), 0.001);
            }

            var recent = rates.TakeLast(16).Select(one => (long)(one * 1000) / 0.001).OrderBy(one => one).ToArray();
            Assert.That(rate.BytesPerSecond, Is.EqualTo((long)recent[(int)(0.75 * (recent.Length - 1))]));
        });

        [Test]
        public void RefusalsMakeTheRateForgetItsOldest()
        {
            var rate = new RateMeter();
            rate.Note(1000, 1);
            rate.Note(9000, 1);
            Assert.That(rate.BytesPerSecond, Is.EqualTo(1000));
            rate.Relax();
            Assert.That(rate.BytesPerSecond, Is.EqualTo(9000));
            rate.Relax();
            rate.Relax();
            Assert.That(rate.BytesPerSecond, Is.EqualTo(0));
        }

        [Test]
        public void TicksAreDatedByTheirEvenness()
        {
            var ticks = new TickClock();
            ticks.Begin(10);
            for (var i = 1; i <= 30; i++)
            {
                var late = i == 20 ? 0.07 : 0;
                var elapsed = ticks.Elapsed(i, server: 0.01, now: 100 + (0.1 * i) + 0.01 + 0.005 + late, link: 0.005);
                Assert.That(elapsed, Is.EqualTo(0.015 + late).Within(1e-9), $"frame {i}");
            }
        }

        [Test]
        public void WhatComesLateAfterAStallIsDatedLate()
        {
            var ticks = new TickClock();
            ticks.Begin(30);
            for (var i = 1; i <= 30; i++)
            {
                ticks.Elapsed(i, server: 0.01, now: 100 + (i / 30.0) + 0.01, link: 0);
            }

            var stalled = ticks.Elapsed(31, server: 0.01, now: 100 + (31 / 30.0) + 0.01 + 0.2, link: 0);
            Assert.That(stalled, Is.EqualTo(0.21).Within(1e-9));
        }

        [Test]
        public void AGapStartsTheReckoningAnew()
        {
            var ticks = new TickClock();
            ticks.Begin(10);
            ticks.Elapsed(1, 0.01, 100, 0.005);
            Assert.That(ticks.Elapsed(2, 0.01, 200, 0.005), Is.EqualTo(0.015).Within(1e-9));
        }
    }
}
