using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.SceneManagement;
using Object = UnityEngine.Object;

[assembly: NonParallelizable]

namespace FrameBridge.Samples.Tests
{
    /// <summary>
    /// Each sample's scene, loaded from the file as it ships, plays ten seconds from its recording: no server, no gRPC library,
    /// no error in the console.
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
            Until(() => wall.Avatars.Count == 16 && wall.Avatars.All(avatar => avatar.UploadCount > 2), "16 avatars");
            List<string> before = Pictures(wall);

            PlayOn();

            List<string> after = Pictures(wall);
            Assert.That(after.Distinct().Count(), Is.EqualTo(16), "each shows somebody else");
            Assert.That(before.Zip(after, (a, b) => a != b), Has.All.True, "each moves");
            Assert.That(wall.Avatars.Select(avatar => avatar.LastFrame.FrameIndex), Has.All.GreaterThan(0));
            Assert.That(wall.Avatars.Select(avatar => avatar.Seed).Distinct().Count(), Is.EqualTo(16));
            Assert.That(wall.transform.childCount, Is.EqualTo(16));
        }

        [Test]
        public void AvatarWallOnceMore()
        {
            _stage = new SampleStage("AvatarWall");
            AvatarWall first = Find<AvatarWall>();
            Until(() => first.Avatars.Count == 16, "16 avatars");

            SceneManager.LoadScene("AvatarWall");
            _stage.Play(0.1);

            Assert.That(first == null, "the first wall went with its scene");
            AvatarWall second = Find<AvatarWall>();
            Until(() => second.Avatars.Count == 16 && second.Avatars.All(avatar => avatar.UploadCount > 2), "16 avatars again");
            Assert.That(SampleStage.Errors, Is.Empty);
        }

        private static T Find<T>() where T : Object => Object.FindFirstObjectByType<T>();

        private static List<string> Pictures(AvatarWall wall) => wall.Avatars
            .Select(avatar => System.Convert.ToBase64String(((Texture2D)avatar.Texture).StubBytes.ToArray()))
            .ToList();

        private void Until(System.Func<bool> holds, string what) =>
            Assert.That(_stage.Until(holds, Seconds), () => "never: " + what + ". " + SampleStage.Errors);

        /// <summary>To the end of the ten seconds.</summary>
        private void PlayOn()
        {
            _stage.Play(Seconds - Time.time);
            Assert.That(SampleStage.Errors, Is.Empty);
        }
    }
}
