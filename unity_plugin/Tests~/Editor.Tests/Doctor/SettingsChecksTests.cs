using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The checks of player settings: each says what is wrong, and its button fixes it.</summary>
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
            Assert.That(new PlayerCheck().Examine().Last().Level, Is.EqualTo(FindingLevel.Fine), "both are right");
        }

        [Test]
        public void WebGLIsAFault()
        {
            Assert.That(new PlatformCheck().Examine(), Is.Empty);

            EditorUserBuildSettings.activeBuildTarget = BuildTarget.WebGL;

            var finding = new PlatformCheck().Examine().Single();
            Assert.That(finding.Level, Is.EqualTo(FindingLevel.Fault));
            Assert.That(finding.Found, Does.Contain("recording"));
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
