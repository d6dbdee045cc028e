using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.SceneManagement;
using UnityEngine.UI;
using Object = UnityEngine.Object;

[assembly: NonParallelizable]

namespace FrameBridge.Samples.Tests
{
    /// <summary>
    /// Each sample's scene, loaded from the file as it ships, plays ten seconds from its recording: no server, no gRPC library,
    /// nothing wrong in the console.
    /// </summary>
    public sealed class RecordedSamplesTests
    {
        private const double Seconds = 10;

        private SampleStage _stage;

        [TearDown]
        public void Leave() => _stage?.Dispose();

        [Test]
        public void AvatarWall()
        {
            _stage = new SampleStage("AvatarWall");
            AvatarWall wall = Find<AvatarWall>();
            Until(() => IsDrawn(wall), "16 avatars");
            List<byte[]> before = Pictures(wall);
            var moved = new bool[16];

            PlayOn(() =>
            {
                for (int i = 0; i < moved.Length; i++)
                {
                    moved[i] |= !Shown(wall.Avatars[i]).StubBytes.SequenceEqual(before[i]);
                }
            });

            Assert.That(wall.Avatars.Select(avatar => avatar.UploadCount), Has.All.GreaterThan(15), "all go on for ten seconds");
            Assert.That(moved.Count(each => each), Is.GreaterThan(6), "those that the recording turns into somebody else");
            Assert.That(Pictures(wall).Select(Convert.ToBase64String).Distinct().Count(), Is.EqualTo(16), "each is somebody else");
            Assert.That(wall.Avatars.Select(avatar => avatar.LastFrame.FrameIndex), Has.All.GreaterThan(0), "no frame is lost");
            Assert.That(wall.transform.childCount, Is.EqualTo(16));
            var block = new MaterialPropertyBlock();
            wall.Avatars[0].TargetRenderer.GetPropertyBlock(block);
            Assert.That(block.GetTexture(Shader.PropertyToID("_MainTex")), Is.SameAs(wall.Avatars[0].Texture), "on its own renderer");
        }

        [Test]
        public void AvatarWallOnceMore()
        {
            _stage = new SampleStage("AvatarWall");
            AvatarWall first = Find<AvatarWall>();
            Until(() => first.Avatars.Count == 16, "16 avatars");

            SceneManager.LoadScene("AvatarWall");
            Assert.That(first != null, "until the next frame");
            _stage.Play(0.1);

            Assert.That(first == null, "the first wall went with its scene");
            AvatarWall second = Find<AvatarWall>();
            Until(() => IsDrawn(second), "16 avatars again");
            Assert.That(SampleStage.Errors, Is.Empty);
        }

        [Test]
        public void TalkToNpc()
        {
            _stage = new SampleStage("TalkToNpc");
            TalkToNpc talk = Find<TalkToNpc>();
            NpcDialogue npc = talk.GetComponent<NpcDialogue>();
            ConversationView view = Find<ConversationView>();
            Assert.That(talk.View, Is.SameAs(view), "the scene joins them");
            Assert.That(view.Npc, Is.SameAs(npc));
            Assert.That(npc.Persona.Description, Does.StartWith("You are Mira, a friendly innkeeper in a small harbour town."));
            Assert.That(npc.Persona.FallbackLines, Has.Count.EqualTo(2));
            Until(() => npc.State == NpcState.Idle, "ready");
            Assert.That(view.Input.text, Does.StartWith("Good evening!"), "the first words wait in the input field");
            Assert.That(EventSystem.current != null, "without one nobody types or clicks");

            view.SayButton.StubClick();
            Until(() => npc.LastResult != null, "a whole reply");
            string first = npc.Text;
            view.Input.StubType("What is for supper?");
            view.SayButton.StubClick();
            Until(() => npc.LastResult != null, "another one");
            PlayOn();

            Assert.That(npc.LastResult.IsComplete, talk.Transcript);
            string shown = view.TranscriptText.text;
            Assert.That(shown, Does.StartWith("You: Good evening!"));
            Assert.That(shown, Does.Contain("Mira: " + first).And.Contain("You: What is for supper?"));
            Assert.That(shown, Does.Contain("Mira: " + npc.Text));
            Assert.That(view.TranscriptText.StubIsDrawn);
        }

        [Test]
        public void TwoNpcs()
        {
            _stage = new SampleStage("TwoNpcs");
            TwoNpcs sample = Find<TwoNpcs>();
            NpcDialogue mara = sample.Characters[0];
            NpcDialogue vex = sample.Characters[1];
            Assert.That(sample.Characters.SelectMany(each => NpcFile.Check(each.Persona.Npc)), Is.Empty, "the server takes them");
            Assert.That(NpcFile.Write(mara.Persona.Npc), Is.EqualTo(Example("mara")), "import it again into Mara.asset");
            Assert.That(NpcFile.Write(vex.Persona.Npc), Is.EqualTo(Example("vex")), "import it again into Vex.asset");
            Until(() => mara.State == NpcState.Idle, "ready");
            Button[] buttons = Object.FindObjectsByType<Button>(FindObjectsSortMode.None);
            Assert.That(sample.View.Npc, Is.SameAs(mara), "who is met first");
            Assert.That(new[] { "Mara", "Vex" }.Select(name => IsOnScreen(buttons.Single(each => each.name == name))), Is.All.True);
            Speak(mara, 3);
            Assert.That(sample.KeyNights, Is.EqualTo(3), sample.View.Transcript);
            buttons.Single(each => each.name == "Vex").StubClick();
            Assert.That(sample.View.Npc, Is.SameAs(vex));
            Speak(vex, 1);
            PlayOn();

            Assert.That(sample.View.Transcript, Does.Contain("Mara: ").And.Contain("(hand_over_key)").And.Contain("Vex: "));
            Assert.That(mara.LastResult.Sentences.Select(each => each.Trace.Stage), Has.None.EqualTo(SentenceStage.Unknown), "why it was said");
            Assert.That(sample.Characters.Select(each => each.GetComponent<AvatarTexture>().UploadCount), Has.All.GreaterThan(5));

            void Speak(NpcDialogue npc, int turns)
            {
                for (int i = 0; i < turns; i++)
                {
                    sample.View.Say("What the recording has");
                    Assert.That(_stage.Until(() => npc.LastResult != null, 2 * Seconds), () => "never: a whole reply. " + SampleStage.Errors);
                    Assert.That(npc.LastResult.IsComplete, npc.LastResult.Outcome.Message);
                }
            }
        }

        [Test]
        public void ArRecognition()
        {
            _stage = new SampleStage("ArRecognition");
            var seen = new HashSet<string>();
            var poses = new HashSet<float>();
            var drawn = new HashSet<string>();
            Find<CameraRecognizer>().Recognized += result => Keep(result, seen, poses);

            PlayOn(() => drawn.UnionWith(Labels()));

            Assert.That(seen, Is.SupersetOf(new[] { "person", "cat" }), "what the pictures show");
            Assert.That(drawn, Is.SupersetOf(new[] { "person", "cat" }), "and what is drawn");
            Assert.That(poses.Count, Is.GreaterThan(3), "boxes carry the pose at which their picture was taken");
            Assert.That(Camera.main.transform.position.x, Is.Not.Zero, "the camera walks");
            Assert.That(Find<BridgeHud>().Label.text, Does.Contain("Ready").And.Contain("cameras"), "the HUD");
            Material wall = Find<MeshRenderer>().sharedMaterial;
            Assert.That(wall.GetTexture(Shader.PropertyToID("_MainTex")).width, Is.EqualTo(1521), "the pictures on the wall");
        }

        [Test]
        public void YourOwnModel()
        {
            _stage = new SampleStage("YourOwnModel");
            YourOwnModel own = Find<YourOwnModel>();
            ModelRunner runner = own.GetComponent<ModelRunner>();

            PlayOn();

            RawImage[] views = Object.FindObjectsByType<RawImage>(FindObjectsSortMode.None);
            Assert.That(views.Select(view => view.texture), Is.EquivalentTo(new Texture[] { own.Picture, runner.Texture }));
            Assert.That(views.Select(view => view.StubIsDrawn), Is.All.True);
            byte[] drawing = runner.Texture.StubBytes.ToArray();
            Assert.That((runner.Texture.width, runner.Texture.height), Is.EqualTo((64, 64)));
            Assert.That(drawing.Where((_, i) => i % 4 == 0), Has.Some.LessThan(60).And.Some.GreaterThan(200), "ink on paper");
            Assert.That(runner.AnswerCount, Is.GreaterThan(40), "it goes on for ten seconds");
            Assert.That(Find<Text>().text, Is.EqualTo(own.InkPercent + " % ink"));
            Assert.That(own.InkPercent, Is.InRange(1, 30));
        }

        [Test]
        public void ScriptOnly()
        {
            _stage = new SampleStage("ScriptOnly");
            ScriptOnly script = Find<ScriptOnly>();

            PlayOn();

            Assert.That(script.Picture != null, "a picture");
            Assert.That(script.Story.Length, Is.GreaterThan(20), "a story");
            Assert.That(script.PictureView.texture, Is.SameAs(script.Picture));
            Assert.That(script.PictureView.StubIsDrawn);
            Assert.That(script.StoryText.text, Is.EqualTo(script.Story));
            Assert.That(script.StoryText.StubIsDrawn);
        }

        /// <summary>A character that ships with the server, as the package writes it.</summary>
        private static string Example(string name, [CallerFilePath] string here = null)
        {
            string path = Path.Combine(Path.GetDirectoryName(here), "..", "..", "..", "models", "npc", "examples", name + ".toml");
            return NpcFile.Write(NpcFile.Read(File.ReadAllText(path), name));
        }

        private static bool IsOnScreen(Button button)
        {
            var corners = new Vector3[4];
            ((RectTransform)button.transform).GetWorldCorners(corners);
            return corners[0].x >= 0f && corners[0].y >= 0f && corners[2].x <= Screen.width && corners[2].y <= Screen.height;
        }

        private static T Find<T>() where T : Object => Object.FindAnyObjectByType<T>();

        private static bool IsDrawn(AvatarWall wall) =>
            wall.Avatars.Count == 16 && wall.Avatars.All(avatar => avatar.UploadCount > 2);

        private static Texture2D Shown(AvatarTexture avatar) => (Texture2D)avatar.Texture;

        private static List<byte[]> Pictures(AvatarWall wall) =>
            wall.Avatars.Select(avatar => Shown(avatar).StubBytes.ToArray()).ToList();

        private static IEnumerable<string> Labels() => Object.FindObjectsByType<Text>(FindObjectsSortMode.None)
            .Where(each => each.StubIsDrawn)
            .Select(each => each.text);

        private static void Keep(RecognitionResult result, HashSet<string> seen, HashSet<float> poses)
        {
            foreach (Detection box in result.Detections)
            {
                seen.Add(box.Label);
            }

            if (CapturePose.TryRead(result.Pose, out CapturePose pose))
            {
                poses.Add(pose.Position.x);
            }
        }

        private void Until(Func<bool> holds, string what) =>
            Assert.That(_stage.Until(holds, Seconds), () => "never: " + what + ". " + SampleStage.Errors);

        /// <summary>Plays to the end of the ten seconds.</summary>
        private void PlayOn(Action eachFrame = null)
        {
            _stage.Play(Seconds - Time.time, eachFrame);
            Assert.That(SampleStage.Errors, Is.Empty);
        }
    }
}
