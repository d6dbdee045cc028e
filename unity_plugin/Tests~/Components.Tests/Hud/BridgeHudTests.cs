using NUnit.Framework;
using Unity.Profiling;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    public sealed class BridgeHudTests : PlayFixture
    {
        [Test]
        public void It_draws_how_the_connection_is_doing()
        {
            BridgeConnection connection = Connect();
            BridgeHud hud = Make<BridgeHud>();
            AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.Avatars.Subscriptions().Count == 1, "it subscribes");
            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
            Until(() => avatar.UploadCount == 1, "a frame is shown");
            GUI.StubClear();
            StubPlayer.Ticks(40);

            Assert.That(hud.Text, Does.Contain("Ready").And.Contain("avatars").And.Contain("% in budget").And.Contain("p99"));
            Assert.That(GUI.StubDrawn, Is.Not.Empty);
            Assert.That(connection.Client.Statistics.Avatar.ReceivedBytes, Is.GreaterThan(4096));
            Assert.That(
                StubProfiler.Counter<long>("FrameBridge avatar frames received"),
                Is.EqualTo(connection.Client.Statistics.Avatar.ReceivedBytes));
        }

        [Test]
        public void Markers_are_opened_and_closed()
        {
            Connect();
            AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.Avatars.Subscriptions().Count == 1, "it subscribes");
            int before = StubProfiler.Times("FrameBridge.Upload");
            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
            Until(() => avatar.UploadCount == 1, "a frame is shown");

            Assert.That(StubProfiler.Times("FrameBridge.Upload"), Is.EqualTo(before + 1));
            Assert.That(StubProfiler.Times("FrameBridge.Step"), Is.GreaterThan(0));
        }

        [Test]
        public void Hidden_it_draws_nothing()
        {
            Connect();
            Make<BridgeHud>(made => made.Visible = false);
            GUI.StubClear();
            StubPlayer.Ticks(5);

            Assert.That(GUI.StubDrawn, Is.Empty);
        }

        [Test]
        public void Without_a_connection_it_says_so()
        {
            BridgeHud hud = Make<BridgeHud>();
            StubPlayer.Tick();

            Assert.That(hud.Text, Does.Contain("no connection"));
        }
    }
}
