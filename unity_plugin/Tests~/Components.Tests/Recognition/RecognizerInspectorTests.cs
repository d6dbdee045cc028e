using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>The camera restarts only when its source changes.</summary>
    public sealed class RecognizerInspectorTests : PlayFixture
    {
        private CameraRecognizer _recognizer;

        private static WebCamTexture Camera => World.All<WebCamTexture>().SingleOrDefault();

        [SetUp]
        public void ACameraThatIsOn()
        {
            Connect();
            _recognizer = Make<CameraRecognizer>();
            Until(() => WebCamTexture.StubPlayingCount == 1, "the camera is on");
        }

        [TestCase("scoreThreshold", 0.5f)]
        [TestCase("maxResults", 3)]
        [TestCase("detect", false)]
        [TestCase("classify", true)]
        [TestCase("track", true)]
        [TestCase("byAppearance", true)]
        [TestCase("faces", true)]
        [TestCase("faceMesh", true)]
        [TestCase("people", true)]
        [TestCase("peopleSeconds", 1f)]
        [TestCase("detectSeconds", 1f)]
        [TestCase("fieldOfView", 70f)]
        [TestCase("picturesPerSecond", 12f)]
        public void A_field_that_is_not_the_sources_leaves_the_camera_on(string field, object value)
        {
            WebCamTexture camera = Camera;

            Inspector.Set(_recognizer, field, value);
            StubPlayer.Ticks(3);

            Assert.That(Camera, Is.SameAs(camera));
            Assert.That(camera.isPlaying);
        }

        [Test]
        public void What_another_source_would_need_leaves_the_camera_on()
        {
            WebCamTexture camera = Camera;

            Inspector.Set(_recognizer, "sceneCamera", Make<Camera>());
            Inspector.Set(_recognizer, "texture", new RenderTexture(4, 4, 0, GraphicsFormat.R8G8B8A8_SRGB));
            StubPlayer.Ticks(3);

            Assert.That(Camera, Is.SameAs(camera));
        }

        [TestCase("webCamName", "another one")]
        [TestCase("longestSide", 200)]
        [TestCase("mirror", true)]
        [TestCase("picturesPerSecond", 60f)]
        public void A_field_of_the_source_starts_it_again(string field, object value)
        {
            WebCamTexture camera = Camera;

            Inspector.Set(_recognizer, field, value);
            Until(() => Camera is object && !ReferenceEquals(Camera, camera), "another camera is on");

            Assert.That(WebCamTexture.StubPlayingCount, Is.EqualTo(1));
        }

        [Test]
        public void Another_source_lets_the_camera_go()
        {
            Inspector.Set(_recognizer, "source", CameraSource.Texture);
            StubPlayer.Ticks(2);

            Assert.That(WebCamTexture.StubPlayingCount, Is.Zero);
        }

        [Test]
        public void From_code_it_is_the_same()
        {
            WebCamTexture camera = Camera;
            _recognizer.Source = CameraSource.WebCam;
            _recognizer.WebCamName = string.Empty;
            _recognizer.Mirror = false;
            _recognizer.LongestSide = _recognizer.LongestSide;
            _recognizer.SceneCamera = Make<Camera>();
            StubPlayer.Ticks(3);
            Assert.That(Camera, Is.SameAs(camera));

            _recognizer.Mirror = true;
            _recognizer.Mirror = false;
            StubPlayer.Ticks(3);
            Assert.That(Camera, Is.SameAs(camera), "as it was when the next frame came");

            _recognizer.Mirror = true;
            Until(() => Camera is object && !ReferenceEquals(Camera, camera), "another camera is on");
        }

        [Test]
        public void On_what_is_not_on_nothing_starts()
        {
            var holder = new GameObject("a prefab");
            holder.SetActive(false);
            CameraRecognizer sleeping = holder.AddComponent<CameraRecognizer>();

            Inspector.Set(sleeping, "mirror", true);
            StubPlayer.Ticks(3);
            Assert.That(WebCamTexture.StubPlayingCount, Is.EqualTo(1));

            _recognizer.enabled = false;
            Inspector.Set(_recognizer, "mirror", true);
            StubPlayer.Ticks(3);
            Assert.That(WebCamTexture.StubPlayingCount, Is.Zero);
        }
    }
}
