using System;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A recognizer that follows objects.</summary>
    public sealed class TrackTests : PlayFixture
    {
        [Test]
        public void Tracks_are_asked_for_in_place_of_detections_and_come_with_ids()
        {
            Connect();
            Detection heard = default;
            CameraRecognizer recognizer = Following(byAppearance: true);
            recognizer.Recognized += result =>
            {
                Assert.That(result.Kind, Is.EqualTo(RecognitionKind.Track));
                heard = result.Detections[0];
            };

            V1.CameraFrame frame = Frame();
            V1.RecognitionTask task = frame.Tasks.Single();
            Assert.That((task.Kind, task.ByAppearance), Is.EqualTo((V1.RecognitionKind.Track, true)));
            Assert.That(task.Budget.BudgetMicros, Is.EqualTo(10_000_000));

            Server.Recognition.Track(frame, Dog(new V1.Track { Id = 3, VelocityX = 2f, VelocityY = -1f, Predicted = true, UnseenMicros = 250_000 }));
            Until(() => heard.TrackId > 0, "the result is told");

            Assert.That((heard.TrackId, heard.VelocityX, heard.VelocityY), Is.EqualTo((3L, 2f, -1f)));
            Assert.That((heard.Predicted, heard.UnseenSeconds), Is.EqualTo((true, 0.25)));
            Assert.That(recognizer.Label, Is.EqualTo("dog"));
            Assert.That(recognizer.Problem, Is.Empty);
        }

        [Test]
        public void Without_following_nothing_of_it_is_asked_for()
        {
            Connect();
            CameraRecognizer recognizer = Following(byAppearance: true);
            recognizer.Track = false;

            V1.RecognitionTask task = Frame().Tasks.Single();

            Assert.That((task.Kind, task.ByAppearance), Is.EqualTo((V1.RecognitionKind.Detect, false)));
        }

        [Test]
        public void Anchors_and_the_overlay_take_tracks()
        {
            Connect();
            Camera eye = Make<Camera>();
            var marker = new GameObject("marker");
            marker.SetActive(false);
            CameraRecognizer recognizer = Following(byAppearance: false);
            recognizer.SceneCamera = eye;
            recognizer.gameObject.AddComponent<RecognitionAnchors>().Markers = new[] { marker.transform };
            RecognitionOverlay overlay = recognizer.gameObject.AddComponent<RecognitionOverlay>();
            Detection seen = default;
            recognizer.Recognized += result => seen = result.Detections[0];

            Server.Recognition.Track(Frame(), Dog(new V1.Track { Id = 1 }));
            Until(() => seen.TrackId == 1, "the result is told");

            Assert.That(marker.activeSelf, Is.True);
            Assert.That(overlay.TryPlace(seen, out Rect place), Is.True);
            Assert.That(place.width, Is.EqualTo(Screen.width / 2f).Within(0.5f));
        }

        private static V1.Detection Dog(V1.Track track) =>
            new V1.Detection { ClassId = 16, Label = "dog", Score = 0.9f, X = 1f, Y = 0f, Width = 2f, Height = 1f, Track = track };

        private CameraRecognizer Following(bool byAppearance) => Make<CameraRecognizer>(made =>
        {
            made.Source = CameraSource.Texture;
            made.Texture = new RenderTexture(4, 2, 0, GraphicsFormat.R8G8B8A8_SRGB);
            made.DetectSeconds = 10f; // a busy machine must not make an answer late
            made.Track = true;
            made.ByAppearance = byAppearance;
        });

        private V1.CameraFrame Frame()
        {
            Until(() => Server.Recognition.Frames().Count > 0, "a picture reaches the server");
            return Server.Recognition.Frames()[0];
        }
    }
}
