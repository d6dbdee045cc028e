using System;
using NUnit.Framework;
using UnityEngine;
using Object = UnityEngine.Object;

namespace FrameBridge.Tests
{
    /// <summary>What an avatar is told to look like, without a server.</summary>
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

            Assert.AreEqual(1, _avatar.Attributes.Count);
            Assert.AreEqual("long", _avatar.Look.Attributes[0].Value);

            _avatar.SetAttribute("hair", null);

            Assert.AreEqual(0, _avatar.Attributes.Count);
        }

        [Test]
        public void AnAttributeWithoutANameIsRefused() =>
            Assert.Throws<ArgumentException>(() => _avatar.SetAttribute("", "long"));

        [Test]
        public void AMorphTakesTheWholeLook()
        {
            _avatar.SetAttribute("hair", "short");

            _avatar.Morph(new AvatarLook(42, null, "happy", 0.5f), 1f);

            Assert.AreEqual(42, _avatar.Seed);
            Assert.AreEqual("happy", _avatar.Expression);
            Assert.AreEqual(0.5f, _avatar.Intensity);
            Assert.AreEqual(0, _avatar.Attributes.Count);
        }

        [Test]
        public void UntilTheFirstFrameTheFallbackIsShown()
        {
            var fallback = new RenderTexture(8, 8, 0);
            try
            {
                _avatar.Fallback = fallback;

                Assert.AreSame(fallback, _avatar.Texture);
                Assert.AreEqual(-1, _avatar.SlotNumber);
            }
            finally
            {
                Object.DestroyImmediate(fallback);
            }
        }
    }
}
