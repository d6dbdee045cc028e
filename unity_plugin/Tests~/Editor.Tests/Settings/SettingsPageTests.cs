using System.Linq;
using NUnit.Framework;
using UnityEditor;

namespace FrameBridge.Editor.Tests
{
    public sealed class SettingsPageTests : Fixture
    {
        [Test]
        public void ItIsAPageOfTheProject()
        {
            var page = SettingsPage.Make();

            Assert.That(page.scope, Is.EqualTo(SettingsScope.Project));
            Assert.That(page.settingsPath, Is.EqualTo("Project/FrameBridge"));
        }

        [Test]
        public void ASettingsAssetIsMadeAndFound()
        {
            Assert.That(ProjectConnection.Settings, Is.Null);
            StubGui.Press("Create settings asset");

            SettingsPage.Draw();

            Assert.That(ProjectConnection.Settings, Is.Not.Null);
            Assert.That(Selection.activeObject, Is.SameAs(ProjectConnection.Settings));
        }

        [Test]
        public void TheAssetSaysWhereTheServerIs()
        {
            ProjectConnection.Create().Address = "10.0.0.7:50051";

            Assert.That(ProjectConnection.Options().Address, Is.EqualTo("10.0.0.7:50051"));
        }

        [Test]
        public void WithoutAnAssetItIsThisMachine() =>
            Assert.That(ProjectConnection.Options().Address, Is.EqualTo("127.0.0.1:50051"));

        [Test]
        public void WhatIsEnteredIsKept()
        {
            var saves = ProjectChoices.instance.StubSaves;
            StubGui.Enter("iOS local network text", "because");
            StubGui.Enter("Set FRAMEBRIDGE_GRPC automatically", false);
            StubGui.Enter("Server command (yours)", "python -m bridge.cli serve");

            SettingsPage.Draw();

            Assert.That(ProjectChoices.instance.LocalNetworkText, Is.EqualTo("because"));
            Assert.That(ProjectChoices.instance.FollowLibraries, Is.False);
            Assert.That(EditorServer.Command, Is.EqualTo("python -m bridge.cli serve"));
            Assert.That(ProjectChoices.instance.StubSaves, Is.GreaterThan(saves));
            EditorPrefs.DeleteKey("FrameBridge.ServerCommand");
        }

        [Test]
        public void DrawingAloneSavesNothing()
        {
            var saves = ProjectChoices.instance.StubSaves;

            SettingsPage.Draw();

            Assert.That(ProjectChoices.instance.StubSaves, Is.EqualTo(saves));
            Assert.That(StubGui.Buttons.Last(), Is.EqualTo("Open Setup Doctor"));
        }
    }
}
