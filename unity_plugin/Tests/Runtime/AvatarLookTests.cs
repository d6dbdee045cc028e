using System;
using NUnit.Framework;
using UnityEngine;
using Object = UnityEngine.Object;

namespace FrameBridge.Tests
{
    /// <summary>An avatar's look, without a server.</summary>
    public sealed class AvatarLookTests
    {
        private GameObject _object;
        private AvatarTexture _avatar;

        [SetUp]
        public void Make()
        {
            _object = new GameObject("avatar");
            _object.SetActive(false);
            _avatar = _object.AddComponent<AvatarTexture>();
        }

        [TearDown]
        public void Destroy() => Object.DestroyImmediate(_object);

        [Test]
        public void AnAttributeIsReplacedAndTakenAway()
        {
            _avatar.SetAttribute("hair", "short");
            _avatar.SetAttribute("hair", "long");

            Assert.That(_avatar.Attributes.Count, Is.EqualTo(1));
            Assert.That(_avatar.Look.Attributes[0].Value, Is.EqualTo("long"));

            _avatar.SetAttribute("hair", null);

            Assert.That(_avatar.Attributes.Count, Is.EqualTo(0));
        }

        [Test]
        public void AnAttributeWithoutANameIsRefused() =>
            Assert.Throws<ArgumentException>(() => _avatar.SetAttribute("", "long"));

        [Test]
        public void AMorphTakesTheWholeLook()
        {
            _avatar.SetAttribute("hair", "short");

            _avatar.Morph(new AvatarLook(42, null, "happy", 0.5f), 1f);

            Assert.That(_avatar.Seed, Is.EqualTo(42));
            Assert.That(_avatar.Expression, Is.EqualTo("happy"));
            Assert.That(_avatar.Intensity, Is.EqualTo(0.5f));
            Assert.That(_avatar.Attributes.Count, Is.EqualTo(0));
        }

        [Test]
        public void UntilTheFirstFrameTheFallbackIsShown()
        {
            _avatar.Fallback = Texture2D.whiteTexture;

            Assert.That(_avatar.Texture, Is.SameAs(Texture2D.whiteTexture));
            Assert.That(_avatar.SlotNumber, Is.EqualTo(-1));
        }
    }
}
