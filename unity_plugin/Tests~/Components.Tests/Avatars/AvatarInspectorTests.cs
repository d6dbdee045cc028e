using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using UnityEngine.UI;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A field changed in the inspector affects only what depends on it.</summary>
    public sealed class AvatarInspectorTests : PlayFixture
    {
        private static readonly int BaseMap = Shader.PropertyToID("_BaseMap");

        private MeshRenderer _renderer;
        private Material _shared;
        private AvatarTexture _avatar;

        [SetUp]
        public void AnAvatarThatIsShown()
        {
            GraphicsSettings.currentRenderPipeline = ScriptableObject.CreateInstance<RenderPipelineAsset>();
            Connect();
            (_renderer, _shared) = Quad();
            _avatar = Make<AvatarTexture>(made =>
            {
                made.KeepLate = true;
                made.TargetRenderer = _renderer;
            });
            Until(() => Server.Avatars.Subscriptions().Count > 0, "it subscribes");
            Server.Avatars.SendFrame(_avatar.SlotNumber, 1, 64);
            Until(() => _avatar.UploadCount == 1, "a frame is shown");
        }

        [Test]
        public void Another_seed_goes_up_and_nothing_is_bound_again()
        {
            Material owned = _renderer.sharedMaterial;
            Texture shown = _avatar.Texture;
            int looks = Server.Avatars.Looks().Count;

            Inspector.Set(_avatar, "seed", 99L);
            Until(() => Server.Avatars.Looks().Count > looks, "the look goes up");
            StubPlayer.Ticks(5);

            Assert.That(Server.Avatars.Looks().Last().Look.Seed, Is.EqualTo(99));
            Assert.That(Server.Avatars.Looks(), Has.Count.EqualTo(looks + 1));
            Assert.That(_renderer.sharedMaterial, Is.SameAs(owned));
            Assert.That(owned == null, Is.False);
            Assert.That(_avatar.Texture, Is.SameAs(shown));
            Assert.That(Server.Avatars.Subscriptions(), Has.Count.EqualTo(1), "asked for as before");
        }

        [TestCase("morphSeconds", 1f)]
        [TestCase("offScreenFramesPerSecond", 5f)]
        [TestCase("whenDisabled", WhenDisabled.Close)]
        public void A_field_that_says_nothing_new_sends_nothing(string field, object value)
        {
            Material owned = _renderer.sharedMaterial;
            int looks = Server.Avatars.Looks().Count;

            Inspector.Set(_avatar, field, value);
            StubPlayer.Ticks(5);
            Sentinel();

            Assert.That(Server.Avatars.Looks(), Has.Count.EqualTo(looks + 1), "the sentinel alone");
            Assert.That(Server.Avatars.Subscriptions(), Has.Count.EqualTo(1));
            Assert.That(_renderer.sharedMaterial, Is.SameAs(owned));
        }

        [Test]
        public void Another_target_is_bound_and_the_old_one_is_as_it_was()
        {
            (MeshRenderer other, Material otherShared) = Quad();

            Inspector.Set(_avatar, "targetRenderer", other);
            StubPlayer.Tick();

            Assert.That(_renderer.sharedMaterial, Is.SameAs(_shared));
            Assert.That(other.sharedMaterial, Is.Not.SameAs(otherShared));
            Assert.That(other.sharedMaterial.GetTexture(BaseMap), Is.SameAs(_avatar.Texture));
            Assert.That(_avatar.UploadCount, Is.EqualTo(1), "the frame that is there is shown");
        }

        [Test]
        public void Another_picture_or_fallback_is_shown()
        {
            RawImage image = Make<RawImage>();
            Inspector.Set(_avatar, "targetImage", image);
            StubPlayer.Tick();
            Assert.That(image.texture, Is.SameAs(_avatar.Texture));

            AvatarTexture waiting = Make<AvatarTexture>(made => made.TargetImage = image);
            Inspector.Set(waiting, "fallback", Texture2D.whiteTexture);
            StubPlayer.Tick();
            Assert.That(image.texture, Is.SameAs(Texture2D.whiteTexture));
        }

        [TestCase("budgetSeconds", 0.2f)]
        [TestCase("keepLate", false)]
        public void Other_terms_are_asked_for(string field, object value)
        {
            Inspector.Set(_avatar, field, value);

            Until(() => Server.Avatars.Subscriptions().Count == 2, "it subscribes anew");
        }

        [Test]
        public void A_target_that_is_set_again_is_left_alone()
        {
            Material owned = _renderer.sharedMaterial;

            _avatar.TargetRenderer = _renderer;
            _avatar.TextureProperty = string.Empty;

            Assert.That(_renderer.sharedMaterial, Is.SameAs(owned));
        }

        [Test]
        public void On_what_is_not_on_nothing_is_touched()
        {
            (MeshRenderer other, Material shared) = Quad();
            var holder = new GameObject("a prefab, or a scene that is being loaded");
            holder.SetActive(false);
            AvatarTexture sleeping = holder.AddComponent<AvatarTexture>();

            Inspector.Set(sleeping, "targetRenderer", other);
            Inspector.Set(sleeping, "seed", 5L);
            StubPlayer.Ticks(3);

            Assert.That(other.sharedMaterial, Is.SameAs(shared));
            Assert.That(UnityEngine.Debug.StubEntries, Is.Empty);
        }

        [Test]
        public void OnValidate_itself_touches_nothing()
        {
            (MeshRenderer other, Material shared) = Quad();

            Inspector.Set(_avatar, "targetRenderer", other);

            Assert.That(other.sharedMaterial, Is.SameAs(shared), "not before the next frame: Unity forbids it in OnValidate");
        }

        /// <summary>A look that is sent, after which earlier messages have arrived too.</summary>
        private void Sentinel()
        {
            _avatar.Seed = 12345;
            Until(() => Server.Avatars.Looks().Last().Look.Seed == 12345, "the sentinel goes up");
        }

        private static (MeshRenderer, Material) Quad()
        {
            var material = new Material(new Shader("test", "_BaseMap"));
            MeshRenderer renderer = Make<MeshRenderer>();
            renderer.sharedMaterial = material;
            return (renderer, material);
        }
    }
}
