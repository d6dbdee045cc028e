using System;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>
    /// Transferred bytes are sRGB in both directions. In a linear project the GPU decodes and encodes them, in a gamma
    /// project they are unchanged.
    /// </summary>
    public sealed class ColorSpaceTests : PlayFixture
    {
        private static readonly GraphicsFormat[] Plain =
        {
            GraphicsFormat.R8G8B8A8_UNorm, GraphicsFormat.RGBA_DXT1_UNorm, GraphicsFormat.RGBA_DXT5_UNorm,
            GraphicsFormat.RGBA_BC7_UNorm, GraphicsFormat.RGBA_ETC2_UNorm, GraphicsFormat.RGBA_ASTC4X4_UNorm,
            GraphicsFormat.RGBA_ASTC6X6_UNorm,
        };

        [TestCase(ColorSpace.Linear)]
        [TestCase(ColorSpace.Gamma)]
        public void An_avatar_is_shown_with_the_colours_that_were_sent(ColorSpace space)
        {
            QualitySettings.activeColorSpace = space;
            Connect();
            RenderTexture screen = Screen(16);
            AvatarTexture avatar = Avatar(made => made.TargetTexture = screen);

            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 16);
            Until(() => avatar.UploadCount == 1, "the frame is uploaded");

            byte[] sent = Pattern.Of(avatar.SlotNumber, 1, 16 * 16 * 4);
            Assert.That(sent.Distinct().Count(), Is.GreaterThan(16), "colours that a curve would change");
            Assert.That(screen.StubBytes.ToArray(), Is.EqualTo(sent));
        }

        [TestCase(V1.TextureFormat.Rgba32, GraphicsFormat.R8G8B8A8_UNorm)]
        [TestCase(V1.TextureFormat.Bc1, GraphicsFormat.RGBA_DXT1_UNorm)]
        [TestCase(V1.TextureFormat.Bc3, GraphicsFormat.RGBA_DXT5_UNorm)]
        [TestCase(V1.TextureFormat.Bc7, GraphicsFormat.RGBA_BC7_UNorm)]
        [TestCase(V1.TextureFormat.Etc2Rgba, GraphicsFormat.RGBA_ETC2_UNorm)]
        [TestCase(V1.TextureFormat.Astc4X4, GraphicsFormat.RGBA_ASTC4X4_UNorm)]
        [TestCase(V1.TextureFormat.Astc6X6, GraphicsFormat.RGBA_ASTC6X6_UNorm)]
        public void In_a_gamma_project_every_format_is_a_plain_one(object format, GraphicsFormat expected)
        {
            QualitySettings.activeColorSpace = ColorSpace.Gamma;
            SystemInfo.StubSetFormats(Plain); // as where no *_SRGB format can be sampled
            Connect();
            AvatarTexture avatar = Avatar();
            var wire = (V1.TextureFormat)format;

            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 64, wire);
            Until(() => avatar.UploadCount == 1, "the frame is uploaded");

            var texture = (Texture2D)avatar.Texture;
            Assert.That(texture.graphicsFormat, Is.EqualTo(expected));
            Assert.That(
                texture.StubBytes.ToArray(), Is.EqualTo(Pattern.Of(avatar.SlotNumber, 1, Pattern.BytesOf(wire, 64))));
        }

        [TestCase(ColorSpace.Gamma, GraphicsFormat.RGBA_DXT5_UNorm, GraphicsFormat.RGBA_BC7_SRGB)]
        [TestCase(ColorSpace.Linear, GraphicsFormat.RGBA_DXT5_SRGB, GraphicsFormat.RGBA_BC7_UNorm)]
        public void What_is_offered_is_what_this_colour_space_samples(
            ColorSpace space, GraphicsFormat right, GraphicsFormat ofTheOtherSpace)
        {
            QualitySettings.activeColorSpace = space;
            SystemInfo.StubSetFormats(GraphicsFormat.R8G8B8A8_SRGB, GraphicsFormat.R8G8B8A8_UNorm, right, ofTheOtherSpace);

            Connect();

            Assert.That(Server.LastQuestion.Formats, Is.EqualTo(new[] { FrameFormat.Bc3, FrameFormat.Rgba32 }));
        }

        [TestCase(ColorSpace.Linear)]
        [TestCase(ColorSpace.Gamma)]
        public void A_frame_that_the_device_cannot_sample_is_told_and_makes_no_texture(ColorSpace space)
        {
            QualitySettings.activeColorSpace = space;
            SystemInfo.StubSetFormats(GraphicsFormat.R8G8B8A8_SRGB, GraphicsFormat.R8G8B8A8_UNorm);
            Connect();
            AvatarTexture avatar = Avatar();

            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 64, V1.TextureFormat.Astc4X4);
            Until(() => avatar.Problem.Length > 0, "the problem is told");

            Assert.That(avatar.UploadCount, Is.Zero);
            Server.Avatars.SendFrame(avatar.SlotNumber, 2, 64);
            Until(() => avatar.UploadCount == 1 && avatar.Problem.Length == 0, "the next frame is shown");
        }

        [TestCase(ColorSpace.Linear, CameraSource.WebCam)]
        [TestCase(ColorSpace.Linear, CameraSource.SceneCamera)]
        [TestCase(ColorSpace.Linear, CameraSource.Texture)]
        [TestCase(ColorSpace.Gamma, CameraSource.WebCam)]
        [TestCase(ColorSpace.Gamma, CameraSource.SceneCamera)]
        [TestCase(ColorSpace.Gamma, CameraSource.Texture)]
        public void Pictures_go_up_in_sRGB(ColorSpace space, CameraSource source)
        {
            QualitySettings.activeColorSpace = space;
            WebCamTexture.StubPicture = Enumerable.Repeat((byte)188, 32 * 24 * 4).ToArray();
            Camera.StubDraw = (_, target) => Graphics.Blit(Grey(188), target);
            Connect();
            Make<CameraRecognizer>(made =>
            {
                made.Source = source;
                made.SceneCamera = Make<Camera>();
                made.Texture = Grey(188);
                made.LongestSide = 32;
            });

            Assert.That(FirstRed(), Is.EqualTo(188));
            Camera.StubDraw = null;
        }

        [Test]
        public void A_texture_with_linear_values_goes_up_encoded()
        {
            Connect();
            var linear = new Texture2D(4, 4, TextureFormat.RGBA32, false, true);
            linear.GetRawTextureData<byte>().AsSpan().Fill(128);
            Make<CameraRecognizer>(made =>
            {
                made.Source = CameraSource.Texture;
                made.Texture = linear;
            });

            Assert.That(FirstRed(), Is.EqualTo(188), "the half of the light, as sRGB writes it");
        }

        private int FirstRed()
        {
            Until(() => Server.Recognition.Frames().Count > 0, "a picture reaches the server");
            return Server.Recognition.Frames()[0].Image.Data[0];
        }

        private AvatarTexture Avatar(Action<AvatarTexture> prepare = null)
        {
            AvatarTexture avatar = Make<AvatarTexture>(made =>
            {
                made.KeepLate = true;
                prepare?.Invoke(made);
            });
            Until(() => Server.Avatars.Subscriptions().Count > 0, "it subscribes");
            return avatar;
        }

        private static Texture2D Grey(byte value)
        {
            var grey = new Texture2D(4, 4, TextureFormat.RGBA32, false);
            grey.GetRawTextureData<byte>().AsSpan().Fill(value);
            return grey;
        }

        /// <summary>
        /// The colour on the screen, which is sRGB: linear projects encode it, gamma projects write it unchanged.
        /// </summary>
        private static RenderTexture Screen(int side) => new RenderTexture(
            side,
            side,
            0,
            QualitySettings.activeColorSpace == ColorSpace.Linear ? GraphicsFormat.R8G8B8A8_SRGB : GraphicsFormat.R8G8B8A8_UNorm);
    }
}
