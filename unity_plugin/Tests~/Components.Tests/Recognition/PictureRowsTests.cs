using System;
using System.Linq;
using System.Reflection;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Serialization;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>Up is up in every graphics API: a picture with a bright top and a dark bottom.</summary>
    public sealed class PictureRowsTests : PlayFixture
    {
        private const byte Bottom = 10;
        private const byte Top = 200;

        [Test]
        public void Every_source_comes_upright_on_every_API(
            [Values] CameraSource source, [Values] bool uvStartsAtTop, [Values] bool mirrored)
        {
            SystemInfo.graphicsUVStartsAtTop = uvStartsAtTop;
            WebCamTexture.StubMirrored = mirrored;
            WebCamTexture.StubPicture = Bytes(16, 12, mirrored);
            Camera.StubDraw = (_, target) => Graphics.Blit(Picture(), target);
            Connect();
            Make<CameraRecognizer>(made =>
            {
                made.Source = source;
                made.SceneCamera = Make<Camera>();
                made.Texture = Drawn();
                made.LongestSide = 17; // above the size at which a camera counts as not started
            });

            Assert.That(UpperRed(), Is.EqualTo(Top));
            Assert.That(LowerRed(), Is.EqualTo(Bottom));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void A_target_texture_that_a_camera_draws_into_comes_upright(bool uvStartsAtTop)
        {
            SystemInfo.graphicsUVStartsAtTop = uvStartsAtTop;
            Connect();
            Make<CameraRecognizer>(made =>
            {
                made.Source = CameraSource.SceneCamera;
                made.SceneCamera = Make<Camera>(camera => camera.targetTexture = Drawn());
            });

            Assert.That(UpperRed(), Is.EqualTo(Top));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void A_capture_of_the_screen_comes_upright_when_it_is_called_one(bool uvStartsAtTop)
        {
            SystemInfo.graphicsUVStartsAtTop = uvStartsAtTop;
            ScreenCapture.StubScreen = Picture();
            RenderTexture captured = Empty();
            ScreenCapture.CaptureScreenshotIntoRenderTexture(captured);
            Connect();
            Make<CameraRecognizer>(made =>
            {
                made.Source = CameraSource.Texture;
                made.Texture = captured;
                made.Rows = PictureRows.Screen;
            });

            Assert.That(UpperRed(), Is.EqualTo(Top));
            Assert.That(LowerRed(), Is.EqualTo(Bottom));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void What_lies_upside_down_comes_upright_when_it_is_called_so(bool uvStartsAtTop)
        {
            SystemInfo.graphicsUVStartsAtTop = uvStartsAtTop;
            RenderTexture turned = Empty();
            Graphics.Blit(Picture(), turned, new Vector2(1f, -1f), new Vector2(0f, 1f));
            Connect();
            Make<CameraRecognizer>(made =>
            {
                made.Source = CameraSource.Texture;
                made.Texture = turned;
                made.Rows = PictureRows.TopFirst;
            });

            Assert.That(UpperRed(), Is.EqualTo(Top));
        }

        [Test]
        public void Scenes_with_the_old_tick_box_mean_the_same()
        {
            FieldInfo field = typeof(CameraRecognizer).GetField("rows", BindingFlags.Instance | BindingFlags.NonPublic);

            Assert.That(field.GetCustomAttribute<FormerlySerializedAsAttribute>().oldName, Is.EqualTo("topRowFirst"));
            Assert.That((int)PictureRows.BottomFirst, Is.EqualTo(0), "topRowFirst: 0");
            Assert.That((int)PictureRows.TopFirst, Is.EqualTo(1), "topRowFirst: 1");
        }

        private byte UpperRed() => Red(Sent(), fromTop: true);

        private byte LowerRed() => Red(Sent(), fromTop: false);

        private V1.Image Sent()
        {
            Until(() => Server.Recognition.Frames().Count > 0, "a picture reaches the server");
            return Server.Recognition.Frames().Last().Image;
        }

        /// <summary>As the server reads it, by the picture's row order.</summary>
        private static byte Red(V1.Image image, bool fromTop)
        {
            bool lastRow = fromTop == (image.RowOrder == V1.RowOrder.BottomUp);
            return image.Data[lastRow ? (image.Height - 1) * image.Width * 4 : 0];
        }

        private static RenderTexture Empty() => new RenderTexture(16, 12, 0, GraphicsFormat.R8G8B8A8_SRGB);

        private static RenderTexture Drawn()
        {
            RenderTexture drawn = Empty();
            Graphics.Blit(Picture(), drawn);
            return drawn;
        }

        private static Texture2D Picture()
        {
            var picture = new Texture2D(16, 12, TextureFormat.RGBA32, false);
            Bytes(16, 12, false).AsSpan().CopyTo(picture.GetRawTextureData<byte>().AsSpan());
            return picture;
        }

        /// <summary>Bottom row first, unless turned.</summary>
        private static byte[] Bytes(int width, int height, bool turned)
        {
            var bytes = new byte[width * height * 4];
            for (int i = 0; i < bytes.Length; i++)
            {
                bool upper = i >= bytes.Length / 2;
                bytes[i] = upper != turned ? Top : Bottom;
            }

            return bytes;
        }
    }
}
