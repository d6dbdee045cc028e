using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>When a game's update runs, and how long its frames are.</summary>
    public class GameUpdateTests
    {
        [Test]
        public void ItRunsFromBeginToEnd()
        {
            var update = new GameUpdate();
            Assert.That(update.IsRunning, Is.False, "a program without a game loop");
            update.Begin(1);
            Assert.That(update.IsRunning, Is.True);
            update.End();
            Assert.That(update.IsRunning, Is.False);
        }

        [Test]
        public void ItEndsWithinATimeThatHoldsAFrameAndAHalf()
        {
            var update = new GameUpdate();
            Assert.That(update.EndsWithin(1000), Is.False, "no game loop runs");
            update.Begin(1);
            Assert.That(update.EndsWithin(1000), Is.False, "the length of a frame is not known");
            update.Begin(1.02);
            Assert.That(update.EndsWithin(0.031), Is.True);
            Assert.That(update.EndsWithin(0.029), Is.False);
            Assert.That(update.EndsWithin(-1), Is.False);
        }

        [Test]
        public void FramesAreMeasuredFromBeginToBegin()
        {
            var update = new GameUpdate();
            update.Begin(1);
            Assert.That(update.FrameSeconds, Is.EqualTo(0), "not known yet");
            update.End();
            update.Begin(1.02);
            Assert.That(update.FrameSeconds, Is.EqualTo(0.02).Within(1e-9));
            for (var i = 1; i <= 100; i++)
            {
                update.Begin(1.02 + (i * 0.01));
            }

            Assert.That(update.FrameSeconds, Is.EqualTo(0.01).Within(1e-4));
            update.Begin(60);
            Assert.That(update.FrameSeconds, Is.LessThan(0.2), "one long frame says little");
        }
    }
}
