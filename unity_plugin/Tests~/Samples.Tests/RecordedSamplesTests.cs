using System.Collections.Generic;
using System.IO;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using Object = UnityEngine.Object;

[assembly: NonParallelizable]

namespace FrameBridge.Samples.Tests
{
    /// <summary>Each sample plays from its recording: no server, no gRPC library.</summary>
    public sealed class RecordedSamplesTests
    {
        private const double LimitSeconds = 30;

        private SampleStage _stage;

        [TearDown]
        public void Leave() => _stage?.Dispose();

        [Test]
        public void AvatarWall()
        {
            Play(CreateAvatarWallScene.Create, "AvatarWall");
            AvatarWall wall = Object.FindAnyObjectByType<AvatarWall>();

            Until(() => wall.Avatars.Count == 16 && wall.Avatars.All(avatar => avatar.UploadCount > 2), "16 moving avatars");
            var pictures = wall.Avatars.Select(avatar => ((Texture2D)avatar.Texture).StubBytes.ToArray()).ToList();

            Assert.That(Different(pictures), Is.EqualTo(16), "each shows somebody else");
            Until(() => wall.Avatars.Count(avatar => avatar.LastFrame.FrameIndex > 0) == 16, "no frame is lost");
        }

        [Test]
        public void TalkToNpc()
        {
            Play(CreateTalkToNpcScene.Create, "TalkToNpc");
            TalkToNpc talk = Object.FindAnyObjectByType<TalkToNpc>();
            NpcDialogue npc = talk.GetComponent<NpcDialogue>();
            Until(() => npc.State == NpcState.Idle, "ready");

            talk.Say();

            Until(() => npc.LastResult != null, "a whole reply");
            Assert.That(npc.LastResult.IsComplete, talk.Transcript);
            Assert.That(talk.Transcript, Does.StartWith("You: Good evening!"));
            Assert.That(talk.Transcript, Does.Contain("Mira: " + npc.Text));
        }

        [Test]
        public void ArRecognition()
        {
            Play(CreateArRecognitionScene.Create, "ArRecognition");
            var seen = new HashSet<string>();
            var poses = new HashSet<float>();
            Object.FindAnyObjectByType<CameraRecognizer>().Recognized += result =>
            {
                foreach (Detection box in result.Detections)
                {
                    seen.Add(box.Label);
                }

                if (CapturePose.TryRead(result.Pose, out CapturePose pose))
                {
                    poses.Add(pose.Position.x);
                }
            };

            Until(() => seen.Contains("person") && seen.Contains("cat"), "what the pictures show: " + string.Join(", ", seen));
            Assert.That(poses.Count, Is.GreaterThan(3), "boxes carry the pose at which their picture was taken");
        }

        [Test]
        public void ScriptOnly()
        {
            Play(CreateScriptOnlyScene.Create, "ScriptOnly");
            ScriptOnly script = Object.FindAnyObjectByType<ScriptOnly>();

            Until(() => script.Picture != null && script.Story.Length > 20, "a picture and a story");
        }

        private void Play(System.Action create, string sample)
        {
            string file = Path.Combine(TestContext.CurrentContext.TestDirectory, "recordings", sample, sample + "Recording.bytes");
            byte[] bytes = File.ReadAllBytes(file);
            _stage = new SampleStage(
                () =>
                {
                    AssetDatabase.CreateAsset(new TextAsset(bytes), "Assets/Samples/" + sample + "Recording.bytes");
                    create();
                },
                () => { });
        }

        private void Until(System.Func<bool> holds, string what) =>
            Assert.That(_stage.Until(holds, LimitSeconds), () => "never: " + what + ". " + SampleStage.Errors);

        private static int Different(List<byte[]> pictures) => pictures
            .Select(picture => System.Convert.ToBase64String(picture))
            .Distinct()
            .Count();
    }
}
