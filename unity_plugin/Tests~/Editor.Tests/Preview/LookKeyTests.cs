using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    public sealed class LookKeyTests
    {
        [Test]
        public void EqualLooksHaveEqualKeys()
        {
            var one = Look(1, "a");
            var other = Look(1, "a");

            Assert.That(LookKey.Of(one), Is.EqualTo(LookKey.Of(other)));
        }

        [Test]
        public void EveryPartMatters()
        {
            var keys = new[]
            {
                LookKey.Of(Look(1, "a")),
                LookKey.Of(Look(2, "a")),
                LookKey.Of(Look(1, "b")),
                LookKey.Of(new AvatarLook(1)),
                LookKey.Of(new AvatarLook(1, null, "happy")),
                LookKey.Of(new AvatarLook(1, null, "happy", 0.5f)),
            };

            Assert.That(keys, Is.Unique);
        }

        private static AvatarLook Look(long seed, string value) =>
            new AvatarLook(seed, new[] { new AvatarAttribute("hair", value) });
    }
}
