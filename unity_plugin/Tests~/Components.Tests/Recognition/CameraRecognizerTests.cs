using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    public sealed class CameraRecognizerTests : PlayFixture
    {
        [Test]
        public void A_picture_goes_up_as_it_was_read_back()
        {
            Connect();
            RenderTexture picture = Numbered(4, 2);
            Make<CameraRecognizer>(made => Look(made, picture));

            V1.CameraFrame frame = Frames(1)[0];

            Assert.That(frame.Image.Format, Is.EqualTo(V1.ImageFormat.Rgba32));
            Assert.That((frame.Image.Width, frame.Image.Height), Is.EqualTo((4, 2)));
            Assert.That(frame.Image.RowOrder, Is.EqualTo(V1.RowOrder.BottomUp));
            Assert.That(Reds(frame), Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5, 6, 7 }));
            Assert.That(frame.Tasks.Single().Kind, Is.EqualTo(V1.RecognitionKind.Detect));
        }

        [Test]
        public void A_large_picture_is_made_small_with_its_shape()
        {
            Connect();
            Make<CameraRecognizer>(made =>
            {
                Look(made, Numbered(64, 32));
                made.LongestSide = 16;
            });

            V1.CameraFrame frame = Frames(1)[0];

            Assert.That((frame.Image.Width, frame.Image.Height), Is.EqualTo((16, 8)));
        }

        [TestCase(0, false, new[] { 0, 1, 2, 3, 4, 5 })]
        [TestCase(90, false, new[] { 2, 5, 1, 4, 0, 3 })]
        [TestCase(180, false, new[] { 5, 4, 3, 2, 1, 0 })]
        [TestCase(270, false, new[] { 3, 0, 4, 1, 5, 2 })]
        [TestCase(0, true, new[] { 3, 4, 5, 0, 1, 2 })]
        public void The_devices_picture_is_turned_upright(int angle, bool upsideDown, int[] reds)
        {
            // Three wide and two high; the numbers count from the bottom left corner. Turning clockwise by 90 degrees
            // brings the left column to the top: the bottom row is then the right column, read from the top.
            WebCamTexture.StubAngle = angle;
            WebCamTexture.StubMirrored = upsideDown;
            Connect();
            Make<CameraRecognizer>(made => made.LongestSide = 400);
            Until(() => WebCamTexture.StubPlayingCount == 1, "the camera is on");
            WebCamTexture.StubPicture = Thirds(400, 300);

            Until(() => Server.Recognition.Frames().Count > 1, "pictures come");
            V1.CameraFrame frame = Server.Recognition.Frames().Last();

            bool swapped = angle % 180 != 0;
            Assert.That(frame.Image.Width, Is.EqualTo(swapped ? 300 : 400));
            Assert.That(Grid(frame, swapped ? 2 : 3, swapped ? 3 : 2), Is.EqualTo(reds));
        }

        [Test]
        public void The_camera_waits_for_the_permission_and_until_it_has_started()
        {
            Application.StubUserAnswers = null;
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>();
            Until(() => Application.StubTimesAsked > 0, "the user is asked");
            StubPlayer.Ticks(30);
            Assert.That(WebCamTexture.StubPlayingCount, Is.Zero);
            Assert.That(Application.StubTimesAsked, Is.EqualTo(1));
            Assert.That(recognizer.Problem, Is.Empty);

            Application.StubUserAnswers = true;
            Assert.That(Application.RequestUserAuthorization(UserAuthorization.WebCam).isDone, Is.True);
            V1.CameraFrame frame = Frames(1)[0];

            Assert.That(frame.Image.Width, Is.GreaterThan(16));
        }

        [Test]
        public void A_refused_permission_is_told()
        {
            Application.StubUserAnswers = false;
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>();

            Until(() => recognizer.Problem.Length > 0, "the problem is told");

            Assert.That(recognizer.Problem, Does.Contain("camera"));
            Assert.That(Server.Recognition.Frames(), Is.Empty);
        }

        [Test]
        public void The_rate_is_kept_whatever_the_frame_rate_is()
        {
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>(made =>
            {
                Look(made, Numbered(4, 2));
                made.PicturesPerSecond = 10f;
            });
            Frames(1);
            int before = AsyncGPUReadback.StubRequested;

            for (int frame = 0; frame < 120; frame++)
            {
                StubPlayer.Tick(); // two seconds of game time
                Assert.That(
                    SpinWait.SpinUntil(
                        () => Server.Recognition.Frames().Count >= recognizer.SentCount, TimeSpan.FromSeconds(30)),
                    Is.True,
                    "the way is free");
            }

            Assert.That(AsyncGPUReadback.StubRequested - before, Is.InRange(15, 22));
        }

        [Test]
        public void When_all_buffers_are_busy_the_picture_is_dropped()
        {
            AsyncGPUReadback.StubLatency = 1000;
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>(made =>
            {
                Look(made, Numbered(4, 2));
                made.PicturesPerSecond = 60f;
            });

            Until(() => recognizer.DroppedCount > 5, "pictures are dropped");

            Assert.That(AsyncGPUReadback.StubPending, Is.EqualTo(3));
            Assert.That(recognizer.SentCount, Is.Zero);
        }

        [Test]
        public void A_readback_that_fails_is_skipped()
        {
            AsyncGPUReadback.StubFail = true;
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>(made => Look(made, Numbered(4, 2)));
            Until(() => AsyncGPUReadback.StubRequested > 3, "pictures are tried");
            Assert.That(recognizer.SentCount, Is.Zero);

            AsyncGPUReadback.StubFail = false;
            Frames(1);
        }

        [Test]
        public void Results_come_with_the_pose_of_their_picture()
        {
            Connect();
            Camera eye = Make<Camera>();
            eye.transform.position = new Vector3(1f, 2f, 3f);
            CapturePose heard = default;
            Rect box = default;
            CameraRecognizer recognizer = Make<CameraRecognizer>(made =>
            {
                Look(made, Numbered(4, 2));
                made.SceneCamera = eye;
            });
            recognizer.Recognized += result =>
            {
                CapturePose.TryRead(result.Pose, out heard);
                Detection first = result.Detections[0];
                box = new Rect(first.X, first.Y, first.Width, first.Height);
            };

            V1.CameraFrame frame = Frames(1)[0];
            eye.transform.position = new Vector3(9f, 9f, 9f);
            Server.Recognition.Detect(frame, "dog", 1f, 0f, 2f, 1f);
            Until(() => heard.FieldOfView > 0f, "the result is told");

            Assert.That(heard.Position.x, Is.EqualTo(1f));
            Assert.That(heard.Aspect, Is.EqualTo(2f));
            Assert.That(box.width, Is.EqualTo(2f));
            Assert.That(recognizer.Label, Is.EqualTo("dog"));
        }

        [Test]
        public void A_box_stays_with_its_thing_when_the_camera_moves()
        {
            Connect();
            Camera eye = Make<Camera>();
            eye.aspect = 2f;
            RecognitionOverlay overlay = null;
            CameraRecognizer recognizer = Make<CameraRecognizer>(made =>
            {
                Look(made, Numbered(40, 20));
                made.SceneCamera = eye;
                overlay = made.gameObject.AddComponent<RecognitionOverlay>();
                overlay.ViewCamera = eye;
                overlay.Distance = 5f;
            });
            Detection seen = default;
            recognizer.Recognized += result => seen = result.Detections[0];
            Server.Recognition.Detect(Frames(1)[0], "dog", 18f, 9f, 4f, 2f);
            Until(() => seen.Width > 0f, "the result is told");

            Assert.That(overlay.TryPlace(seen, out Rect before), Is.True);
            Assert.That(before.center.x, Is.EqualTo(Screen.width / 2f).Within(0.5f));
            Assert.That(before.center.y, Is.EqualTo(Screen.height / 2f).Within(0.5f));

            eye.transform.rotation = Quaternion.Euler(0f, 10f, 0f); // to the right: the thing goes to the left
            Assert.That(overlay.TryPlace(seen, out Rect after), Is.True);
            Vector3 thing = eye.WorldToViewportPoint(new Vector3(0f, 0f, 5f));
            Assert.That(after.center.x, Is.LessThan(before.center.x));
            Assert.That(after.center.x, Is.EqualTo(thing.x * Screen.width).Within(5f));

            eye.transform.rotation = Quaternion.Euler(0f, 180f, 0f);
            Assert.That(overlay.TryPlace(seen, out Rect _), Is.False);
        }

        [Test]
        public void Anchors_are_put_where_the_camera_saw_the_thing()
        {
            Connect();
            Camera eye = Make<Camera>();
            eye.transform.position = new Vector3(0f, 1f, 0f);
            var marker = new GameObject("marker");
            var spare = new GameObject("spare");
            CameraRecognizer recognizer = Make<CameraRecognizer>(made =>
            {
                Look(made, Numbered(40, 20));
                made.SceneCamera = eye;
                RecognitionAnchors anchors = made.gameObject.AddComponent<RecognitionAnchors>();
                anchors.Markers = new[] { marker.transform, spare.transform };
                anchors.Distance = 3f;
            });
            bool told = false;
            recognizer.Recognized += _ => told = true;
            V1.CameraFrame frame = Frames(1)[0];
            eye.transform.position = new Vector3(50f, 50f, 50f);
            Server.Recognition.Detect(frame, "dog", 18f, 9f, 4f, 2f);
            Until(() => told, "the result is told");

            Assert.That(marker.transform.position.y, Is.EqualTo(1f).Within(1e-4f));
            Assert.That(marker.transform.position.z, Is.EqualTo(3f).Within(1e-4f));
            Assert.That(spare.activeSelf, Is.False);
        }

        [Test]
        public void A_scene_camera_is_drawn_once_more_and_gets_its_target_back()
        {
            Connect();
            Camera eye = Make<Camera>();
            int drawn = 0;
            Camera.StubDraw = (_, target) => drawn += target == null ? 0 : 1;
            Make<CameraRecognizer>(made =>
            {
                made.Source = CameraSource.SceneCamera;
                made.SceneCamera = eye;
                made.LongestSide = 32;
            });
            Frames(1);
            Camera.StubDraw = null;

            Assert.That(drawn, Is.GreaterThan(0));
            Assert.That(eye.targetTexture == null, Is.True);
        }

        [Test]
        public void Disabling_lets_the_camera_and_all_memory_go()
        {
            Connect();
            int blocks = NativeBlocks.LiveCount;
            int textures = World.Count<RenderTexture>();
            AsyncGPUReadback.StubLatency = 5;
            CameraRecognizer recognizer = Make<CameraRecognizer>(made => made.PicturesPerSecond = 60f);
            Frames(1);

            recognizer.gameObject.SetActive(false);
            StubPlayer.Ticks(2);

            Assert.That(WebCamTexture.StubPlayingCount, Is.Zero);
            Assert.That(World.Count<WebCamTexture>(), Is.Zero);
            Assert.That(World.Count<RenderTexture>(), Is.EqualTo(textures));
            Assert.That(NativeBlocks.LiveCount, Is.EqualTo(blocks));
            Until(() => Server.Recognition.SlotsClosed == 1, "the server is told");

            recognizer.gameObject.SetActive(true);
            int before = Server.Recognition.Frames().Count;
            Until(() => Server.Recognition.Frames().Count > before, "it looks again");
        }

        [Test]
        public void A_pause_lets_the_camera_go()
        {
            Connect();
            Make<CameraRecognizer>();
            Until(() => WebCamTexture.StubPlayingCount == 1, "the camera is on");

            StubPlayer.Pause(true);
            Assert.That(WebCamTexture.StubPlayingCount, Is.Zero);

            StubPlayer.Pause(false);
            Until(() => WebCamTexture.StubPlayingCount == 1, "the camera is on again");
        }

        private static void Look(CameraRecognizer recognizer, Texture picture)
        {
            recognizer.Source = CameraSource.Texture;
            recognizer.Texture = picture;
            recognizer.DetectSeconds = 10f; // a busy machine must not make an answer late
        }

        private List<V1.CameraFrame> Frames(int count)
        {
            Until(() => Server.Recognition.Frames().Count >= count, count + " pictures reach the server");
            return Server.Recognition.Frames();
        }

        private static int[] Reds(V1.CameraFrame frame) =>
            Enumerable.Range(0, frame.Image.Width * frame.Image.Height).Select(at => (int)frame.Image.Data[at * 4]).ToArray();

        /// <summary>A render texture whose pixels' red counts from the bottom left corner.</summary>
        private static RenderTexture Numbered(int width, int height)
        {
            var texture = new Texture2D(width, height, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None);
            Span<byte> raw = texture.GetRawTextureData<byte>().AsSpan();
            for (int i = 0; i < width * height; i++)
            {
                raw[i * 4] = (byte)i;
            }

            var target = new RenderTexture(width, height, 0, GraphicsFormat.R8G8B8A8_SRGB);
            Graphics.Blit(texture, target);
            return target;
        }

        /// <summary>A picture of three by two fields, whose red counts from the bottom left field.</summary>
        private static byte[] Thirds(int width, int height)
        {
            var bytes = new byte[width * height * 4];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    bytes[((y * width) + x) * 4] = (byte)((y * 2 / height * 3) + (x * 3 / width));
                }
            }

            return bytes;
        }

        /// <summary>The red in the middle of each field, from the bottom left one.</summary>
        private static int[] Grid(V1.CameraFrame frame, int columns, int rows) =>
            Enumerable.Range(0, columns * rows).Select(at =>
            {
                int x = (((at % columns) * 2) + 1) * frame.Image.Width / (columns * 2);
                int y = (((at / columns) * 2) + 1) * frame.Image.Height / (rows * 2);
                return (int)frame.Image.Data[((y * frame.Image.Width) + x) * 4];
            }).ToArray();
    }
}
