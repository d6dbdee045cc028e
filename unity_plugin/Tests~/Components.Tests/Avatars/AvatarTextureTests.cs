using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using UnityEngine.UI;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    public sealed class AvatarTextureTests : PlayFixture
    {
        private static readonly int MainTex = Shader.PropertyToID("_MainTex");
        private static readonly int BaseMap = Shader.PropertyToID("_BaseMap");

        [Test]
        public void A_frame_is_uploaded_byte_by_byte()
        {
            Connect();
            AvatarTexture avatar = Subscribed();

            Show(avatar, 1, 64);

            var texture = (Texture2D)avatar.Texture;
            Assert.That(texture.StubBytes.ToArray(), Is.EqualTo(Pattern.Of(avatar.SlotNumber, 1, 64 * 64 * 4)));
            Assert.That(texture.StubApplies, Is.EqualTo(1));
            Assert.That(avatar.LastFrame.FrameIndex, Is.EqualTo(1));
        }

        [Test]
        public void A_frame_in_chunks_is_uploaded_once_and_whole()
        {
            Connect();
            AvatarTexture avatar = Subscribed();

            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 64, V1.TextureFormat.Bc7, chunk: 1000);
            Until(() => avatar.UploadCount == 1, "the frame is uploaded");

            Assert.That(((Texture2D)avatar.Texture).StubBytes.ToArray(), Is.EqualTo(Pattern.Of(avatar.SlotNumber, 1, 64 * 64)));
        }

        [TestCase(V1.TextureFormat.Bc1, GraphicsFormat.RGBA_DXT1_SRGB)]
        [TestCase(V1.TextureFormat.Bc3, GraphicsFormat.RGBA_DXT5_SRGB)]
        [TestCase(V1.TextureFormat.Bc7, GraphicsFormat.RGBA_BC7_SRGB)]
        [TestCase(V1.TextureFormat.Etc2Rgba, GraphicsFormat.RGBA_ETC2_SRGB)]
        [TestCase(V1.TextureFormat.Astc4X4, GraphicsFormat.RGBA_ASTC4X4_SRGB)]
        [TestCase(V1.TextureFormat.Astc6X6, GraphicsFormat.RGBA_ASTC6X6_SRGB)]
        [TestCase(V1.TextureFormat.Rgba32, GraphicsFormat.R8G8B8A8_SRGB)]
        public void Every_format_is_uploaded_as_it_stands(object format, GraphicsFormat expected)
        {
            SystemInfo.StubSetFormats(GraphicsFormat.R8G8B8A8_SRGB, expected);
            Connect();
            AvatarTexture avatar = Subscribed();
            var wire = (V1.TextureFormat)format;

            Show(avatar, 1, 64, wire);

            var texture = (Texture2D)avatar.Texture;
            Assert.That(texture.graphicsFormat, Is.EqualTo(expected));
            Assert.That(
                texture.StubBytes.ToArray(), Is.EqualTo(Pattern.Of(avatar.SlotNumber, 1, Pattern.BytesOf(wire, 64))));
        }

        [Test]
        public void The_newest_frame_wins_and_there_is_one_upload_a_frame()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            int slot = avatar.SlotNumber;
            for (int index = 1; index <= 20; index++)
            {
                Server.Avatars.SendFrame(slot, index, 32);
            }

            long before = 0;
            while (avatar.LastFrame.FrameIndex < 20)
            {
                Until(() => avatar.UploadCount > before, "another upload");
                Assert.That(avatar.UploadCount, Is.EqualTo(before + 1));
                before = avatar.UploadCount;
            }

            Assert.That(((Texture2D)avatar.Texture).StubBytes.ToArray(), Is.EqualTo(Pattern.Of(slot, 20, 32 * 32 * 4)));
        }

        [Test]
        public void Frames_of_all_slots_wait_for_their_own_avatar()
        {
            Connect();
            AvatarTexture one = Subscribed();
            AvatarTexture two = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.Avatars.Subscriptions().Count == 2, "both subscribed");

            Server.Avatars.SendFrame(two.SlotNumber, 7, 32);
            Until(() => two.UploadCount == 1, "the second avatar's frame is uploaded");

            Assert.That(one.UploadCount, Is.Zero);
            Assert.That(two.LastFrame.FrameIndex, Is.EqualTo(7));
        }

        [Test]
        public void Textures_of_all_rungs_are_made_ahead_and_kept()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            Until(() => World.Count<Texture2D>() == 2, "a texture for avatar.64 and one for avatar.32");
            int made = Texture2D.StubConstructed;

            Show(avatar, 1, 64, V1.TextureFormat.Bc3);
            Texture large = avatar.Texture;
            Show(avatar, 2, 32, V1.TextureFormat.Bc3);
            Show(avatar, 3, 64, V1.TextureFormat.Bc3);

            Assert.That(avatar.Texture, Is.SameAs(large));
            Assert.That(Texture2D.StubConstructed, Is.EqualTo(made), "no texture is made while frames come");
        }

        [Test]
        public void The_device_tells_what_it_samples_best_first()
        {
            SystemInfo.StubSetFormats(
                GraphicsFormat.R8G8B8A8_SRGB,
                GraphicsFormat.RGBA_ASTC4X4_SRGB,
                GraphicsFormat.RGBA_ETC2_SRGB);
            Connect();

            Assert.That(
                Server.LastQuestion.Formats, Is.EqualTo(new[] { FrameFormat.Astc4x4, FrameFormat.Etc2Rgba, FrameFormat.Rgba32 }));
            Assert.That(Server.LastQuestion.BottomUp, Is.True);
        }

        [Test]
        public void The_fallback_is_shown_until_a_frame_comes()
        {
            Connect();
            Texture waiting = Texture2D.whiteTexture;
            RawImage image = Make<RawImage>();
            AvatarTexture avatar = Subscribed(made =>
            {
                made.Fallback = waiting;
                made.TargetImage = image;
            });
            Assert.That(image.texture, Is.SameAs(waiting));

            Show(avatar, 1, 64);

            Assert.That(image.texture, Is.SameAs(avatar.Texture));
            Assert.That(avatar.Texture, Is.Not.SameAs(waiting));
        }

        [Test]
        public void In_the_built_in_pipeline_a_property_block_shows_it()
        {
            Connect();
            (MeshRenderer renderer, Material shared) = Quad("_MainTex");
            AvatarTexture avatar = Subscribed(made => made.TargetRenderer = renderer);

            Show(avatar, 1, 64);

            var block = new MaterialPropertyBlock();
            renderer.GetPropertyBlock(block);
            Assert.That(block.GetTexture(MainTex), Is.SameAs(avatar.Texture));
            Assert.That(renderer.sharedMaterial, Is.SameAs(shared));
            Assert.That(Renderer.StubMaterialCopies, Is.Zero);
        }

        [Test]
        public void In_a_scriptable_pipeline_one_owned_material_shows_it()
        {
            GraphicsSettings.currentRenderPipeline = ScriptableObject.CreateInstance<RenderPipelineAsset>();
            Connect();
            (MeshRenderer renderer, Material shared) = Quad("_BaseMap");
            int materials = World.Count<Material>();
            AvatarTexture avatar = Subscribed(made => made.TargetRenderer = renderer);

            Show(avatar, 1, 64);
            Show(avatar, 2, 32);

            Assert.That(World.Count<Material>(), Is.EqualTo(materials + 1));
            Assert.That(renderer.sharedMaterial.GetTexture(BaseMap), Is.SameAs(avatar.Texture));
            Assert.That(shared.GetTexture(BaseMap), Is.Null);

            Object.DestroyImmediate(avatar.gameObject);
            StubPlayer.Tick();
            Assert.That(renderer.sharedMaterial, Is.SameAs(shared));
            Assert.That(World.Count<Material>(), Is.EqualTo(materials));
        }

        [Test]
        public void A_render_texture_gets_a_copy_of_each_frame()
        {
            Connect();
            var target = new RenderTexture(64, 64, 0, GraphicsFormat.R8G8B8A8_SRGB);
            int blits = 0;
            Graphics.StubBlitted += Count;
            AvatarTexture avatar = Subscribed(made => made.TargetTexture = target);

            Show(avatar, 1, 64);
            Show(avatar, 2, 64);
            Graphics.StubBlitted -= Count;

            Assert.That(blits, Is.EqualTo(2));

            void Count(Texture source, RenderTexture into, Material with) => blits += into == target ? 1 : 0;
        }

        [Test]
        public void An_avatar_out_of_sight_asks_less_often_and_comes_back_at_once()
        {
            Connect();
            (MeshRenderer renderer, Material _) = Quad("_MainTex");
            AvatarTexture avatar = Subscribed(made => made.TargetRenderer = renderer);
            Assert.That(Server.Avatars.Subscriptions().Last().FramesPerSecond, Is.EqualTo(30f));

            renderer.StubSetVisible(false);
            Until(() => Server.Avatars.Subscriptions().Count == 2, "it subscribes anew");
            Assert.That(Server.Avatars.Subscriptions().Last().FramesPerSecond, Is.EqualTo(2f));

            renderer.StubSetVisible(true);
            StubPlayer.Tick();
            Assert.That(avatar.CurrentRate, Is.EqualTo(30f));
        }

        [Test]
        public void A_short_look_away_changes_nothing()
        {
            Connect();
            (MeshRenderer renderer, Material _) = Quad("_MainTex");
            AvatarTexture avatar = Subscribed(made => made.TargetRenderer = renderer);

            renderer.StubSetVisible(false);
            StubPlayer.Ticks(20); // a third of a second
            Assert.That(avatar.CurrentRate, Is.EqualTo(30f));
            StubPlayer.Ticks(20);
            Assert.That(avatar.CurrentRate, Is.EqualTo(2f));
        }

        [Test]
        public void A_disabled_avatar_pauses_and_keeps_its_slot()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            int slot = avatar.SlotNumber;

            avatar.gameObject.SetActive(false);
            Until(() => Count(V1.StreamAvatarRequest.MessageOneofCase.Unsubscribe) == 1, "it unsubscribes");
            avatar.gameObject.SetActive(true);
            Until(() => Server.Avatars.Subscriptions().Count == 2, "it subscribes anew");

            Assert.That(avatar.SlotNumber, Is.EqualTo(slot));
            Assert.That(Count(V1.StreamAvatarRequest.MessageOneofCase.CloseSlot), Is.Zero);
        }

        [Test]
        public void A_disabled_avatar_may_give_its_slot_back()
        {
            Connect();
            AvatarTexture avatar = Subscribed(made => made.WhenDisabled = WhenDisabled.Close);

            avatar.enabled = false;
            Until(() => Count(V1.StreamAvatarRequest.MessageOneofCase.CloseSlot) == 1, "it closes its slot");

            Assert.That(avatar.SlotNumber, Is.EqualTo(-1));
        }

        [Test]
        public void A_destroyed_avatar_leaves_nothing_behind()
        {
            Connect();
            int textures = World.Count<Texture2D>();
            AvatarTexture avatar = Subscribed();
            Show(avatar, 1, 64);

            Object.Destroy(avatar.gameObject);
            StubPlayer.Ticks(2);
            Until(() => Count(V1.StreamAvatarRequest.MessageOneofCase.CloseSlot) == 1, "its slot is closed");

            Assert.That(World.Count<Texture2D>(), Is.EqualTo(textures));
        }

        [Test]
        public void Changes_of_the_look_in_one_frame_go_up_together()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            int before = Server.Avatars.Looks().Count;

            avatar.Seed = 99;
            avatar.SetAttribute("hair", "red");
            avatar.SetExpression("smile", 0.5f);
            Until(() => Server.Avatars.Looks().Count > before, "the look goes up");
            StubPlayer.Ticks(3);

            Assert.That(Server.Avatars.Looks(), Has.Count.EqualTo(before + 1));
            V1.AvatarSetLook sent = Server.Avatars.Looks().Last();
            Assert.That(sent.Look.Seed, Is.EqualTo(99));
            Assert.That(sent.Look.Attributes.Single().Value, Is.EqualTo("red"));
            Assert.That(sent.Look.Expression.Name, Is.EqualTo("smile"));
            Assert.That(sent.Look.Expression.Intensity, Is.EqualTo(0.5f));
            Assert.That(sent.MorphMicros, Is.EqualTo(400_000));
        }

        [Test]
        public void Morph_takes_the_time_it_is_given()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            int before = Server.Avatars.Looks().Count;

            avatar.Morph(new AvatarLook(5, new[] { new AvatarAttribute("eyes", "#112233") }, "calm", 1f), 2f);
            Until(() => Server.Avatars.Looks().Count > before, "the look goes up");

            Assert.That(Server.Avatars.Looks().Last().MorphMicros, Is.EqualTo(2_000_000));
            Assert.That(avatar.Attributes.Single().Name, Is.EqualTo("eyes"));
        }

        [Test]
        public void A_look_that_the_server_cannot_make_is_told()
        {
            Connect();
            AvatarTexture avatar = Subscribed();

            Server.Avatars.SendStatus(avatar.SlotNumber, 0, V1.Disposition.Invalid, "no attribute 'tail'");
            Until(() => avatar.Problem.Length > 0, "the problem is told");

            Assert.That(avatar.Problem, Does.Contain("tail"));
        }

        [Test]
        public void After_a_lost_connection_the_avatar_goes_on()
        {
            BridgeConnection connection = Connect();
            AvatarTexture avatar = Subscribed();
            Show(avatar, 1, 64);
            int subscriptions = Server.Avatars.Subscriptions().Count;

            Server.Kill();
            Until(() => connection.State == BridgeState.Reconnecting, "the loss is noticed");
            Server.IsUp = true;
            Until(() => connection.State == BridgeState.Ready, "the connection is back");
            Until(() => Server.Avatars.Subscriptions().Count > subscriptions, "the subscription is taken up");
            Until(() => Server.Avatars.IsOpen, "the stream is open");
            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 64);

            Until(() => avatar.UploadCount == 2, "a frame of the new session is shown");
        }

        private int Count(V1.StreamAvatarRequest.MessageOneofCase kind) => Server.Avatars.Heard(kind).Count;

        private AvatarTexture Subscribed(System.Action<AvatarTexture> prepare = null)
        {
            AvatarTexture avatar = Make<AvatarTexture>(made =>
            {
                made.KeepLate = true; // a busy machine must not make a frame vanish
                prepare?.Invoke(made);
            });
            Until(() => Server.Avatars.Subscriptions().Count > 0, "it subscribes");
            return avatar;
        }

        private void Show(AvatarTexture avatar, long index, int side, V1.TextureFormat format = V1.TextureFormat.Rgba32)
        {
            Server.Avatars.SendFrame(avatar.SlotNumber, index, side, format);
            Until(() => avatar.LastFrame.FrameIndex == index, "frame " + index + " is uploaded");
        }

        private static (MeshRenderer, Material) Quad(string property)
        {
            Renderer.StubMaterialCopies = 0;
            var material = new Material(new Shader("test", property));
            MeshRenderer renderer = Make<MeshRenderer>();
            renderer.sharedMaterial = material;
            return (renderer, material);
        }
    }
}
