using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The checks of player settings: each says what is wrong, and its button mends it.</summary>
    public sealed class SettingsChecksTests : Fixture
    {
        private static void FixAll(QuickCheck check)
        {
            var before = check.Examine().Where(finding => finding.CanFix).ToList();
            Assert.That(before, Is.Not.Empty);
            before.ForEach(finding => finding.Fix());
            Assert.That(check.Examine().Select(finding => finding.Level), Is.All.EqualTo(FindingLevel.Fine));
        }

        [Test]
        public void RunInBackground()
        {
            FixAll(new PlayerCheck());
            Assert.That(PlayerSettings.runInBackground);
        }

        [Test]
        public void AndroidInternetAccess()
        {
            FixAll(new AndroidCheck());
            Assert.That(PlayerSettings.Android.forceInternetPermission);
        }

        [Test]
        public void AppleTexts()
        {
            FixAll(new AppleCheck());
            Assert.That(PlayerSettings.iOS.cameraUsageDescription, Is.EqualTo(AppleCheck.CameraText));
            Assert.That(ProjectChoices.instance.LocalNetworkText, Is.EqualTo(ProjectChoices.OurLocalNetworkText));
        }

        [Test]
        public void GammaIsSaid()
        {
            PlayerSettings.colorSpace = ColorSpace.Gamma;

            Assert.That(new PlayerCheck().Examine().Last().Found, Does.Contain("gamma"));
        }

        [TestCase(true, true, FindingLevel.Fine)]
        [TestCase(true, false, FindingLevel.Fault)]
        [TestCase(false, true, FindingLevel.Fault)]
        public void Handler(bool handler, bool pipelines, FindingLevel level)
        {
            var check = new HandlerCheck(
                () => handler ? new[] { "Cysharp.Net.Http.YetAnotherHttpHandler" } : new string[0],
                () => pipelines ? new[] { "Assets/System.IO.Pipelines.dll" } : new string[0],
                () => BuildTarget.Android);

            Assert.That(check.Examine().Single().Level, Is.EqualTo(level));
        }

        [Test]
        public void WebGLIsSaid()
        {
            var check = new HandlerCheck(() => new string[0], () => new string[0], () => BuildTarget.WebGL);

            Assert.That(check.Examine().First().Found, Does.Contain("WebGL"));
        }

        [Test]
        public void Textures()
        {
            IEnumerable<Finding> Of(params FrameFormat[] formats) => new FormatCheck(() => formats).Examine();

            Assert.That(Of(FrameFormat.Bc3, FrameFormat.Rgba32).Single().Found, Does.Contain("Bc3, Rgba32"));
            Assert.That(Of(FrameFormat.Rgba32).Single().Level, Is.EqualTo(FindingLevel.Note));
        }
    }
}
