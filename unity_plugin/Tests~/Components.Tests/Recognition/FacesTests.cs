using System.Linq;
using Google.Protobuf;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A recognizer that looks for faces and people.</summary>
    public sealed class FacesTests : PlayFixture
    {
        [Test]
        public void What_is_switched_on_is_asked_for_and_told_by_its_kind()
        {
            Connect();
            (float nose, float depth, int width) heard = default;
            CameraRecognizer recognizer = Looking();
            recognizer.Recognized += result =>
            {
                switch (result.Kind)
                {
                    case RecognitionKind.Faces: heard.nose = result.Faces[0].Nose.X; break;
                    case RecognitionKind.FaceMesh: heard.depth = result.MeshPoints(0)[467].Depth; break;
                    default: heard.width = result.People.Width; break;
                }
            };

            V1.CameraFrame frame = Frame();
            Assert.That(
                frame.Tasks.Select(task => task.Kind),
                Is.EqualTo(new[] { V1.RecognitionKind.Faces, V1.RecognitionKind.FaceMesh, V1.RecognitionKind.People }));
            Assert.That(frame.Tasks.Select(task => task.Budget.BudgetMicros), Is.All.EqualTo(10_000_000));

            var face = new V1.Face { Score = 1f, Nose = new V1.FacePoint { X = 2.5f } };
            var mesh = new V1.FaceMesh { Score = 1f, Points = { Enumerable.Repeat(7f, 1404) } };
            var mask = new V1.PeopleMask { Width = 2, Height = 1, Data = ByteString.CopyFrom(255, 0) };
            Server.Recognition.Answer(frame, new V1.RecognitionResult { Kind = V1.RecognitionKind.Faces, Faces = { face } });
            Server.Recognition.Answer(frame, new V1.RecognitionResult { Kind = V1.RecognitionKind.FaceMesh, FaceMeshes = { mesh } });
            Server.Recognition.Answer(frame, new V1.RecognitionResult { Kind = V1.RecognitionKind.People, People = mask });
            Until(() => heard.nose > 0 && heard.depth > 0 && heard.width > 0, "all three are told");

            Assert.That(heard, Is.EqualTo((2.5f, 7f, 2)));
            Assert.That((recognizer.Label, recognizer.Problem), Is.EqualTo((string.Empty, string.Empty)));
        }

        [Test]
        public void Five_things_at_once_are_one_too_many()
        {
            Connect();
            CameraRecognizer recognizer = Looking();
            recognizer.Classify = true;
            Frame();
            recognizer.Detect = true;
            Until(() => recognizer.Problem.Length > 0, "it says so");

            Assert.That(recognizer.Problem, Does.Contain("more than four things to look for"));
            recognizer.People = false;
            Server.Recognition.Take();
            Until(() => Server.Recognition.Frames().Count > 0, "it goes on");
            Assert.That(Server.Recognition.Frames()[0].Tasks, Has.Count.EqualTo(4));
        }

        [Test]
        public void A_model_that_is_not_loaded_is_named()
        {
            Connect();
            CameraRecognizer recognizer = Looking();
            var error = new V1.ErrorDetail { Reason = V1.ErrorReason.UnknownModel, Message = "model 'faces' is not loaded; load it" };
            var outcome = new V1.Outcome { Disposition = V1.Disposition.Refused, Error = error };
            Until(
                () =>
                {
                    foreach (V1.CameraFrame frame in Server.Recognition.Take())
                    {
                        Server.Recognition.SendStatus(frame, V1.RecognitionKind.Faces, outcome);
                    }

                    return recognizer.Problem.Length > 0;
                },
                "it says so");

            Assert.That(recognizer.Problem, Does.Contain("faces"));
        }

        private CameraRecognizer Looking() => Make<CameraRecognizer>(made =>
        {
            made.Source = CameraSource.Texture;
            made.Texture = new RenderTexture(4, 2, 0, GraphicsFormat.R8G8B8A8_SRGB);
            made.Detect = false;
            made.Faces = made.FaceMesh = made.People = true;
            made.PeopleSeconds = 10f; // a busy machine must not make an answer late
        });

        private V1.CameraFrame Frame()
        {
            Until(() => Server.Recognition.Frames().Count > 0, "a picture reaches the server");
            return Server.Recognition.Frames()[0];
        }
    }
}
