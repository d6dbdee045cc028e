using System;
using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;
using UnityEngine.UI;
using UnityEngine.XR;
using V1 = FrameBridge.V1;
using Object = UnityEngine.Object;

namespace FrameBridge.Components.Tests
{
    /// <summary>The overlay's boxes: a name and four lines around it.</summary>
    public sealed class RecognitionOverlayTests : PlayFixture
    {
        private const int Width = 40; // of the picture
        private const int Height = 20;

        private Camera _eye;
        private RecognitionOverlay _overlay;

        [Test]
        public void A_box_is_drawn_over_the_screen_where_it_was_in_the_picture()
        {
            Prepare(made => made.ViewCamera = null);
            Answer(Box("dog", 10f, 5f, 20f, 10f));

            Text name = Names().Single();
            Assert.That(name.text, Is.EqualTo("dog"));
            Assert.That(name.canvas.renderMode, Is.EqualTo(RenderMode.ScreenSpaceOverlay));
            Rect place = Frame(name);
            Assert.That(place.xMin, Is.EqualTo(Screen.width * 0.25f).Within(0.01f));
            Assert.That(place.xMax, Is.EqualTo(Screen.width * 0.75f).Within(0.01f));
            Assert.That(place.yMin, Is.EqualTo(Screen.height * 0.25f).Within(0.01f), "pixels from the bottom");
            Assert.That(place.yMax, Is.EqualTo(Screen.height * 0.75f).Within(0.01f));
            Assert.That(Lines(name), Has.Length.EqualTo(4).And.All.Matches<Image>(line => line.color == Color.green));
        }

        [Test]
        public void The_lines_lie_along_the_edges()
        {
            Prepare(made => made.ViewCamera = null);
            Answer(Box("dog", 10f, 5f, 20f, 10f));

            Rect all = Frame(Names().Single());
            Rect[] lines = Array.ConvertAll(Lines(Names().Single()), line => Bounds(line.rectTransform));
            Assert.That(lines.Min(line => line.xMin), Is.EqualTo(all.xMin).Within(0.01f));
            Assert.That(lines.Max(line => line.xMax), Is.EqualTo(all.xMax).Within(0.01f));
            Assert.That(lines.Min(line => line.yMin), Is.EqualTo(all.yMin).Within(0.01f));
            Assert.That(lines.Max(line => line.yMax), Is.EqualTo(all.yMax).Within(0.01f));
            Assert.That(lines.Count(line => Near(line.height, 2f) && Near(line.width, all.width)), Is.EqualTo(2));
            Assert.That(lines.Count(line => Near(line.width, 2f) && Near(line.height, all.height)), Is.EqualTo(2));
            Assert.That(lines.Select(line => (line.center.x, line.center.y)).Distinct().Count(), Is.EqualTo(4));
        }

        [Test]
        public void It_moves_each_frame_with_the_camera()
        {
            Prepare();
            Answer(Box("dog", 18f, 9f, 4f, 2f));
            Assert.That(Frame(Names().Single()).center.x, Is.EqualTo(Screen.width / 2f).Within(1f));

            _eye.transform.rotation = Quaternion.Euler(0f, 10f, 0f);
            StubPlayer.Tick();

            float thing = _eye.WorldToViewportPoint(new Vector3(0f, 0f, 5f)).x * Screen.width;
            Assert.That(Frame(Names().Single()).center.x, Is.EqualTo(thing).Within(5f));

            _eye.transform.rotation = Quaternion.Euler(0f, 180f, 0f);
            StubPlayer.Tick();
            Assert.That(Names(), Is.Empty, "behind the camera");
        }

        [Test]
        public void In_a_headset_boxes_lie_in_the_world_and_face_the_eyes()
        {
            Prepare();
            SubsystemManager.StubAdd(new XRDisplaySubsystem()).Start();
            Answer(Box("dog", 10f, 5f, 20f, 10f));
            _eye.transform.SetPositionAndRotation(new Vector3(0.3f, 0f, 0f), Quaternion.Euler(0f, 4f, 0f));
            StubPlayer.Tick();

            Text name = Names().Single();
            Assert.That(name.canvas.StubShowsInHeadset, Is.True);
            Assert.That(Vector3.Dot(name.transform.forward, _eye.transform.forward), Is.EqualTo(1f).Within(1e-4f));
            Vector3[] corners = Corners(name);
            Vector3 centre = (corners[0] + corners[2]) / 2f;
            Assert.That(Vector3.Distance(centre, new Vector3(0f, 0f, 5f)), Is.LessThan(0.01f), "where the thing was seen");
            float half = 5f * Mathf.Tan(30f * Mathf.Deg2Rad);
            Assert.That(Vector3.Distance(corners[0], corners[1]), Is.EqualTo(half).Within(0.01f), "half the view high");
            Assert.That(Vector3.Distance(corners[0], corners[3]), Is.EqualTo(2f * half).Within(0.01f), "and twice as wide");
            float letters = name.fontSize * name.transform.lossyScale.x;
            Assert.That(letters / (2f * half), Is.EqualTo(name.fontSize / 1080f).Within(1e-4f), "as high as on a screen");
        }

        [Test]
        public void In_a_headset_without_a_pose_the_picture_fills_the_view()
        {
            Prepare(made => made.ViewCamera = null);
            _overlay.Display = CanvasPlace.World;
            Camera.main = _eye;
            _eye.transform.SetPositionAndRotation(new Vector3(1f, 2f, 3f), Quaternion.Euler(10f, 50f, 0f));
            Answer(Box("dog", 10f, 5f, 20f, 10f));

            Vector3[] corners = Corners(Names().Single());
            Vector3 lowLeft = _eye.WorldToViewportPoint(corners[0]);
            Vector3 highRight = _eye.WorldToViewportPoint(corners[2]);
            Assert.That((lowLeft.x, lowLeft.y), Is.EqualTo((0.25f, 0.25f)).Using<(float X, float Y)>(Close));
            Assert.That((highRight.x, highRight.y), Is.EqualTo((0.75f, 0.75f)).Using<(float X, float Y)>(Close));
        }

        [Test]
        public void It_changes_over_when_the_headset_is_put_on_and_taken_off()
        {
            Prepare();
            XRDisplaySubsystem headset = SubsystemManager.StubAdd(new XRDisplaySubsystem());
            Answer(Box("dog", 10f, 5f, 20f, 10f));
            Rect before = Frame(Names().Single());

            headset.Start();
            StubPlayer.Tick();
            Assert.That(Names().Single().canvas.StubShowsInHeadset, Is.True);

            headset.Stop();
            StubPlayer.Ticks(2); // the CanvasScaler follows a frame later
            Rect after = Frame(Names().Single());
            Assert.That(after.xMin, Is.EqualTo(before.xMin).Within(0.01f));
            Assert.That(after.height, Is.EqualTo(before.height).Within(0.01f));
        }

        [Test]
        public void Boxes_fade_when_no_answer_confirms_them()
        {
            Prepare();
            Answer(Box("dog", 10f, 5f, 20f, 10f));
            StubPlayer.Tick(0.4f);
            Assert.That(Names(), Has.Length.EqualTo(1));

            StubPlayer.Tick(0.2f);
            Assert.That(Names(), Is.Empty);

            Answer(Box("cat", 10f, 5f, 20f, 10f));
            Assert.That(Names().Single().text, Is.EqualTo("cat"));
        }

        [Test]
        public void There_are_as_many_as_the_newest_answer_has_and_at_most_a_hundred()
        {
            Prepare();
            Answer(Enumerable.Range(0, 120).Select(at => Box("thing " + at, at % 30, at % 15, 4f, 4f)).ToArray());
            Assert.That(Names(), Has.Length.EqualTo(100));
            int made = World.Count<Graphic>();

            Answer(Box("dog", 10f, 5f, 20f, 10f));
            Assert.That(Names(), Has.Length.EqualTo(1));

            Answer(Box("dog", 10f, 5f, 20f, 10f), Box("cat", 0f, 0f, 20f, 10f));
            Assert.That(Names().Select(name => name.text), Is.EquivalentTo(new[] { "dog", "cat" }));
            Assert.That(World.Count<Graphic>(), Is.EqualTo(made), "boxes are used again");
        }

        [Test]
        public void A_name_that_stays_is_not_written_again()
        {
            Prepare();
            Answer(Box("dog", 10f, 5f, 20f, 10f));
            Text name = Names().Single();
            int before = name.StubRebuilds;

            Answer(Box("dog", 11f, 5f, 20f, 10f));
            StubPlayer.Ticks(5);

            Assert.That(name.StubRebuilds, Is.EqualTo(before));
        }

        [Test]
        public void What_it_has_made_goes_with_it()
        {
            Prepare();
            Answer(Box("dog", 10f, 5f, 20f, 10f));
            Assert.That(World.Count<Canvas>(), Is.EqualTo(1));

            _overlay.enabled = false;
            StubPlayer.Tick();

            Assert.That(World.Count<Canvas>() + World.Count<Graphic>(), Is.Zero);
        }

        [TestCase(CanvasPlace.Screen)]
        [TestCase(CanvasPlace.World)]
        public void A_hundred_boxes_and_a_HUD_make_no_garbage(CanvasPlace place)
        {
            Assert.That(Environment.GetEnvironmentVariable("DOTNET_JitObjectStackAllocation"), Is.EqualTo("0"));
            Prepare();
            Camera.main = _eye;
            _overlay.Display = place;
            Answer(Enumerable.Range(0, 100).Select(at => Box("thing " + at, at % 30, at % 15, 4f, 4f)).ToArray());
            Make<BridgeHud>(made => made.Display = place); // after it: an answer takes any number of frames
            StubPlayer.Ticks(40, 0.001f); // the HUD is written in the first one, and next in half a second
            int names = Names().Length;
            _overlay.GetComponent<CameraRecognizer>().enabled = false; // measured elsewhere

            long made = 0;
            for (int i = 0; i < 50; i++)
            {
                _eye.transform.rotation = Quaternion.Euler(0f, i * 0.1f, 0f);
                long before = GC.GetAllocatedBytesForCurrentThread();
                StubPlayer.Tick(0.001f);
                made += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Assert.That(names, Is.EqualTo(100), "all are drawn meanwhile");
            Assert.That(Names(), Has.Length.EqualTo(100));
            Assert.That(made, Is.Zero, "bytes in 50 frames");
        }

        private static int Close((float X, float Y) a, (float X, float Y) b) =>
            Math.Abs(a.X - b.X) < 1e-3f && Math.Abs(a.Y - b.Y) < 1e-3f ? 0 : 1;

        private static bool Near(float a, float b) => Math.Abs(a - b) < 0.01f;

        private static V1.Detection Box(string label, float x, float y, float width, float height) =>
            new V1.Detection { ClassId = 1, Label = label, Score = 0.9f, X = x, Y = y, Width = width, Height = height };

        private static Text[] Names() => Array.FindAll(
            Object.FindObjectsByType<Text>(FindObjectsSortMode.None), text => text.StubIsDrawn && text.gameObject.name == "Name");

        private static Image[] Lines(Text name) =>
            Array.FindAll(name.transform.parent.GetComponentsInChildren<Image>(), line => line.StubIsDrawn);

        private static Vector3[] Corners(Text name)
        {
            var corners = new Vector3[4];
            ((RectTransform)name.transform.parent).GetWorldCorners(corners);
            return corners;
        }

        private static Rect Frame(Text name) => Bounds((RectTransform)name.transform.parent);

        private static Rect Bounds(RectTransform of)
        {
            var corners = new Vector3[4];
            of.GetWorldCorners(corners);
            return Rect.MinMaxRect(corners[0].x, corners[0].y, corners[2].x, corners[2].y);
        }

        /// <summary>A recognizer with an overlay, five metres in front of a camera at the origin.</summary>
        private void Prepare(Action<RecognitionOverlay> change = null)
        {
            Connect();
            _eye = Make<Camera>();
            _eye.aspect = (float)Width / Height;
            Make<CameraRecognizer>(made =>
            {
                made.Source = CameraSource.Texture;
                made.Texture = new RenderTexture(Width, Height, 0, GraphicsFormat.R8G8B8A8_SRGB);
                made.DetectSeconds = 10f; // a busy machine must not make an answer late
                made.SceneCamera = _eye;
                _overlay = made.gameObject.AddComponent<RecognitionOverlay>();
                _overlay.ViewCamera = _eye;
                _overlay.Distance = 5f;
                change?.Invoke(_overlay);
            });
        }

        /// <summary>The server answers a picture, and a frame goes by.</summary>
        private void Answer(params V1.Detection[] boxes)
        {
            bool heard = false;
            CameraRecognizer recognizer = _overlay.GetComponent<CameraRecognizer>();
            void Hear(RecognitionResult result) => heard = true;
            recognizer.Recognized += Hear;
            List<V1.CameraFrame> frames = null;
            Until(() => (frames = Server.Recognition.Take()).Count > 0, "a picture reaches the server");
            Server.Recognition.Detect(frames[0], boxes);
            Until(() => heard, "the result is told");
            recognizer.Recognized -= Hear;
        }
    }
}
