using System;
using System.Collections.Generic;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A recognizer's problem when no answer arrives.</summary>
    public sealed class CameraProblemTests : ProblemFixture
    {
        [Test]
        public void Answers_that_do_not_come_are_told_and_the_next_one_ends_it()
        {
            Connect();
            CameraRecognizer recognizer = Looking();

            Play(Second, frame => { });
            Assert.That(recognizer.Problem, Does.Contain("no answer with boxes for 1 s although the connection is ready"));

            Answer(recognizer);
            Assert.That(recognizer.Problem, Is.Empty);
        }

        [TestCase("UnknownModel", "model 'detector' is not loaded", "detector")]
        [TestCase("Overloaded", "too many", "Pictures Per Second")]
        public void Refusals_are_told_within_a_second(string reason, string message, string words)
        {
            Connect();
            CameraRecognizer recognizer = Looking();

            Play(Second, frame => Server.Recognition.SendStatus(
                frame, V1.RecognitionKind.Detect, Outcomes.Refused(Enum.Parse<V1.ErrorReason>(reason), message)));

            Assert.That(recognizer.Problem, Does.Contain(words));
            Answer(recognizer);
            Assert.That(recognizer.Problem, Is.Empty);
        }

        [Test]
        public void A_budget_that_is_too_small_names_its_field()
        {
            Connect();
            CameraRecognizer recognizer = Looking(made => made.DetectSeconds = 0.15f);

            Play(Second, frame => Server.Recognition.SendStatus(
                frame, V1.RecognitionKind.Detect, Outcomes.OverBudget(0.05, V1.Stage.Compute)));

            Assert.That(recognizer.Problem, Does.Contain("Detect Seconds allows 150 ms").And.Contain("200 ms").And.Contain("0.24"));
        }

        [Test]
        public void A_task_that_is_refused_is_told_though_the_other_is_answered()
        {
            Connect();
            CameraRecognizer recognizer = Looking(made => made.Classify = true);

            Play(Second, frame =>
            {
                Server.Recognition.Detect(frame, "dog", 1f, 1f, 2f, 2f);
                Server.Recognition.SendStatus(
                    frame, V1.RecognitionKind.Classify, Outcomes.Refused(V1.ErrorReason.UnknownModel, "model 'classifier' is not loaded"));
            });

            Assert.That(recognizer.Problem, Does.Contain("no name for the picture").And.Contain("classifier"));
        }

        [Test]
        public void A_picture_that_the_server_cannot_read_is_told_at_once()
        {
            Connect();
            CameraRecognizer recognizer = Looking();

            Play(12, frame => Server.Recognition.SendStatus(
                frame,
                V1.RecognitionKind.Detect,
                Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.InvalidImage, "the picture is empty; send another one")));

            Assert.That(recognizer.Problem, Is.EqualTo("the picture is empty; send another one"));
        }

        [Test]
        public void A_missing_texture_and_a_missing_task_are_told()
        {
            Connect();
            CameraRecognizer recognizer = Looking(made => made.Texture = null);
            Until(() => recognizer.Problem.Length > 0, "the problem is told");
            Assert.That(recognizer.Problem, Does.Contain("no texture is set"));

            recognizer.Detect = false;
            StubPlayer.Tick();
            Assert.That(recognizer.Problem, Does.Contain("nothing to look for"));
        }

        [Test]
        public void A_device_without_a_camera_says_so()
        {
            WebCamTexture.devices = Array.Empty<WebCamDevice>();
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>();

            Until(() => recognizer.Problem.Length > 0, "the problem is told");

            Assert.That(recognizer.Problem, Does.Contain("no camera"));
        }

        [Test]
        public void A_camera_that_gives_no_picture_is_told()
        {
            Application.StubUserAnswers = null;
            Connect();
            CameraRecognizer recognizer = Make<CameraRecognizer>();
            Until(() => Application.StubTimesAsked > 0, "the user is asked");

            StubPlayer.Ticks(Second);

            Assert.That(recognizer.Problem, Does.Contain("no picture for 1 s").And.Contain("has not answered"));
        }

        [Test]
        public void Pictures_that_do_not_go_up_are_told()
        {
            AsyncGPUReadback.StubFail = true;
            Connect();
            CameraRecognizer recognizer = Looking();
            Until(() => AsyncGPUReadback.StubRequested > 0, "a picture is tried");

            StubPlayer.Ticks(Second);

            Assert.That(recognizer.Problem, Does.Contain("no picture has been sent"));
        }

        [Test]
        public void A_picture_over_the_servers_limit_is_told_and_throws_nothing()
        {
            Server.MaxImageBytes = 16;
            Connect();
            CameraRecognizer recognizer = Looking();

            Until(() => recognizer.Problem.Contains("server takes 16"), "the problem is reported");
        }

        [Test]
        public void Overlay_and_anchors_say_what_the_recognizer_says()
        {
            var holder = new GameObject("camera");
            CameraRecognizer recognizer = holder.AddComponent<CameraRecognizer>();
            RecognitionOverlay overlay = holder.AddComponent<RecognitionOverlay>();
            RecognitionAnchors anchors = holder.AddComponent<RecognitionAnchors>();
            BridgeHud hud = Make<BridgeHud>();
            StubPlayer.Tick();

            Assert.That(recognizer.Problem, Does.Contain("no connection"));
            Assert.That(overlay.Problem, Is.EqualTo(recognizer.Problem));
            Assert.That(anchors.Problem, Is.EqualTo(recognizer.Problem));
            Assert.That(hud.Problem, Is.EqualTo(recognizer.Problem));
        }

        private static CameraRecognizer Looking(Action<CameraRecognizer> prepare = null) => Make<CameraRecognizer>(made =>
        {
            made.Source = CameraSource.Texture;
            made.Texture = new RenderTexture(8, 8, 0, GraphicsFormat.R8G8B8A8_SRGB);
            made.DetectSeconds = 0f; // a busy machine must not make an answer vanish
            made.ClassifySeconds = 0f;
            prepare?.Invoke(made);
        });

        private void Answer(CameraRecognizer recognizer)
        {
            bool isAnswered = false;
            recognizer.Recognized += _ => isAnswered = true;
            Until(
                () =>
                {
                    foreach (V1.CameraFrame frame in Server.Recognition.Take())
                    {
                        Server.Recognition.Detect(frame, "dog", 1f, 1f, 2f, 2f);
                    }

                    return isAnswered;
                },
                "an answer comes");
        }

        /// <summary>Plays frames on the game's clock, with a server answer to each picture.</summary>
        private void Play(int frames, Action<V1.CameraFrame> say)
        {
            Until(() => Server.Recognition.Frames().Count > 0, "pictures come");
            for (int i = 0; i < frames; i++)
            {
                foreach (V1.CameraFrame frame in Server.Recognition.Take())
                {
                    say(frame);
                }

                Server.Heard.WaitOne(1); // the other threads' turn
                StubPlayer.Tick();
            }
        }
    }
}
