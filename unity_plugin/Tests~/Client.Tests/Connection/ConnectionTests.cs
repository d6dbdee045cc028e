using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Handshake, loss, resume and end, against a server in memory.</summary>
    public class ConnectionTests
    {
        [Test]
        public async Task ItBecomesReadyAndSaysSo()
        {
            var server = new ScriptedServer();
            using var client = new BridgeClient(server.Options());
            var states = new ConcurrentQueue<BridgeState>();
            client.StateChanged += change => states.Enqueue(change.To);
            Assert.That(client.State, Is.EqualTo(BridgeState.Offline));
            await client.ConnectAsync();
            Assert.That((client.State, client.SessionId), Is.EqualTo((BridgeState.Ready, "session-1")));
            Assert.That(states, Is.EqualTo(new[] { BridgeState.Connecting, BridgeState.Ready }));
        }

        [Test]
        public async Task AnotherMajorIsRefusedWithOneSentence()
        {
            var server = new ScriptedServer { Major = 2 };
            using var client = new BridgeClient(server.Options());
            var error = Assert.ThrowsAsync<BridgeException>(() => client.ConnectAsync());
            Assert.That(error.Reason, Is.EqualTo(ErrorReason.VersionMismatch));
            Assert.That(error.Message, Does.Contain("version 2").And.Contain("version 1"));
            Assert.That((client.State, server.OpenTransportCount), Is.EqualTo((BridgeState.Refused, 0)));
            server.Major = 1;
            await client.ConnectAsync();
            Assert.That(client.State, Is.EqualTo(BridgeState.Ready), "once mended, it connects");
        }

        [Test]
        public async Task ItGoesOnTryingUntilAServerIsThere()
        {
            var server = new ScriptedServer { IsDown = true };
            using var client = new BridgeClient(server.Options());
            client.Connect();
            await Expect.Until(() => server.TransportCount >= 4, "four tries");
            Assert.That(client.LastError.Reason, Is.EqualTo(ErrorReason.Unreachable));
            server.IsDown = false;
            await client.ConnectAsync();
            Assert.That(server.OpenTransportCount, Is.EqualTo(1), "the failed ones are let go of");
        }

        [Test]
        public async Task AModelThatIsNotReadyIsAskedForUntilItIs()
        {
            var loading = new BridgeModel("avatar", FrameBridge.Capability.Avatar, FrameBridge.ModelState.Loading, string.Empty, string.Empty, null);
            var server = new ScriptedServer { Models = new[] { loading } };
            using var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            Assert.That(client.Models.Single().State, Is.EqualTo(FrameBridge.ModelState.Loading));
            server.Load("avatar");
            await Expect.Until(() => client.Models.Single().State == FrameBridge.ModelState.Ready, "the client hears of it by itself");
            var listings = server.ListingCount;
            await client.PingAsync();
            Assert.That(server.ListingCount, Is.EqualTo(listings), "once all are ready nobody asks");
        }

        [Test]
        public async Task ModelsAreHeardOfAsTheyChangeAndNobodyAsks()
        {
            var loading = new BridgeModel("avatar", FrameBridge.Capability.Avatar, FrameBridge.ModelState.Loading, string.Empty, string.Empty, null);
            var server = new ScriptedServer { Models = new[] { loading }, Minor = 1 };
            using (var client = new BridgeClient(server.Options()))
            {
                await client.ConnectAsync();
                await Expect.Until(() => server.IsWatched, "the client watches");
                server.Load("avatar");
                Assert.That(client.Models.Single().State, Is.EqualTo(FrameBridge.ModelState.Ready));
                server.Models = new[] { loading };
                Assert.That(client.Models.Single().State, Is.EqualTo(FrameBridge.ModelState.Loading));
                client.Reconnect();
                await Expect.Until(() => server.TransportCount == 2 && server.OpenTransportCount == 1 && server.IsWatched, "the next connection watches too");
                server.Load("avatar");
                Assert.That(client.Models.Single().State, Is.EqualTo(FrameBridge.ModelState.Ready));
                Assert.That(server.ListingCount, Is.EqualTo(0));
            }

            await Expect.Until(() => !server.IsWatched, "the watch ends with the client");
        }

        [Test]
        public async Task AServerThatTakesNoWatchersIsAsked()
        {
            var loading = new BridgeModel("avatar", FrameBridge.Capability.Avatar, FrameBridge.ModelState.Loading, string.Empty, string.Empty, null);
            var server = new ScriptedServer { Models = new[] { loading }, Minor = 1, TakesWatchers = false };
            using var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            server.Load("avatar");
            await Expect.Until(() => client.Models.Single().State == FrameBridge.ModelState.Ready, "the client hears of it by itself");
            Assert.That(server.ListingCount, Is.GreaterThan(0));
            Assert.That(client.State, Is.EqualTo(BridgeState.Ready));
        }

        [Test]
        public async Task LoadingAModelTellsWhereAllStand()
        {
            var unloaded = new BridgeModel("avatar", FrameBridge.Capability.Avatar, FrameBridge.ModelState.Unloaded, string.Empty, string.Empty, null);
            var server = new ScriptedServer { Models = new[] { unloaded } };
            using var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            var model = await client.LoadModelAsync("avatar");
            Assert.That((model.State, client.Models.Single().State), Is.EqualTo((FrameBridge.ModelState.Ready, FrameBridge.ModelState.Ready)));
            var error = Assert.ThrowsAsync<BridgeException>(() => client.LoadModelAsync("nothing"));
            Assert.That(error.Reason, Is.EqualTo(FrameBridge.ErrorReason.UnknownModel));
        }

        [Test]
        public async Task ALostConnectionResumesItsSession()
        {
            var server = new ScriptedServer();
            using var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            client.Avatars.OpenSlot();
            (await server.Call(BridgeStream.Avatar)).Break();
            await Expect.Until(() => client.ReconnectCount == 1 && client.State == BridgeState.Ready, "back again");
            Assert.That(server.Handshakes, Is.EqualTo(new[] { string.Empty, "session-1" }));
            Assert.That((client.SessionId, server.OpenTransportCount), Is.EqualTo(("session-1", 1)));
        }

        [Test]
        public async Task AStreamThatIsRefusedOpensAgainOnTheSameConnection()
        {
            var server = new ScriptedServer();
            using var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            client.Avatars.OpenSlot();
            var first = await server.Call(BridgeStream.Avatar);
            first.Break(isLost: false);
            await server.Call(BridgeStream.Avatar, first);
            Assert.That((client.ReconnectCount, server.TransportCount), Is.EqualTo((0, 1)));
            Assert.That(client.LastError.Reason, Is.EqualTo(ErrorReason.Malformed));
        }

        [Test]
        public async Task ClosingSaysFarewellAndLeavesNothing()
        {
            var server = new ScriptedServer();
            var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            client.Avatars.OpenSlot();
            client.Dialogue.Open();
            client.Recognition.OpenSlot();
            foreach (var kind in new[] { BridgeStream.Avatar, BridgeStream.Dialogue, BridgeStream.Recognition })
            {
                await server.Call(kind);
            }

            client.Close();
            client.Close();
            await Expect.Until(() => server.OpenTransportCount == 0, "the transport is let go of");
            Assert.That(server.Farewells, Is.EqualTo(new[] { "session-1" }));
            Assert.That(client.State, Is.EqualTo(BridgeState.Closed));
            Assert.Throws<BridgeException>(() => client.Connect());
            Assert.Throws<BridgeException>(() => client.Avatars.OpenSlot());
        }

        [Test]
        public async Task SuspendingLeavesNothingOpenAndTheSessionIsTakenUpAgain()
        {
            var server = new ScriptedServer();
            using var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            client.Avatars.OpenSlot();
            var before = await server.Call(BridgeStream.Avatar);
            client.Suspend();
            client.Suspend();
            Assert.That((client.State, server.OpenTransportCount), Is.EqualTo((BridgeState.Offline, 0)));
            Assert.That((client.Avatars.IsOpen, client.Avatars.SlotCount), Is.EqualTo((false, 1)));
            Assert.That(server.Farewells, Is.Empty, "the server is to keep the session");
            await client.ConnectAsync();
            await server.Call(BridgeStream.Avatar, before);
            Assert.That(server.Handshakes, Is.EqualTo(new[] { string.Empty, "session-1" }));
            Assert.That(client.ReconnectCount, Is.Zero, "nothing was lost");
        }

        [Test]
        public async Task SuspendingEndsTheTriesToo()
        {
            var server = new ScriptedServer { IsDown = true };
            using var client = new BridgeClient(server.Options());
            var connecting = client.ConnectAsync();
            await Expect.Until(() => server.TransportCount >= 2, "two tries");
            client.Suspend();
            var tries = server.TransportCount;
            Assert.That((client.State, server.OpenTransportCount), Is.EqualTo((BridgeState.Offline, 0)));
            Assert.That(connecting.IsCompleted, Is.False, "who waits goes on waiting");
            server.IsDown = false;
            client.Connect();
            await connecting;
            Assert.That(server.TransportCount, Is.EqualTo(tries + 1));
        }

        [Test]
        public async Task AHundredPausesAtAnyMomentLeaveOneConnection()
        {
            var server = new ScriptedServer();
            using var client = new BridgeClient(server.Options());
            client.Avatars.OpenSlot();
            client.Dialogue.Open();
            var draw = new Random(7);
            for (var i = 0; i < 100; i++)
            {
                client.Connect();
                Thread.SpinWait(draw.Next(200_000));
                client.Suspend();
            }

            await Expect.Until(() => server.OpenTransportCount == 0, "all are let go of");
            Assert.That(client.State, Is.EqualTo(BridgeState.Offline));
            await client.ConnectAsync();
            await Expect.Until(() => server.OpenTransportCount == 1, "one connection");
            var open = await server.Call(BridgeStream.Avatar);
            open.Say(new StreamAvatarResponse { Opened = new AvatarOpened() });
            await Expect.Until(() => client.Avatars.IsOpen, "its stream is open");
        }

        [Test]
        public async Task AClientThatIsSuspendedCloses()
        {
            var server = new ScriptedServer();
            var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            client.Suspend();
            client.Close();
            client.Suspend();
            Assert.That(client.State, Is.EqualTo(BridgeState.Closed));
            Assert.Throws<BridgeException>(() => client.Connect());
        }

        [Test]
        public void ClosingEndsAWaitForTheServer()
        {
            var server = new ScriptedServer { IsDown = true };
            var client = new BridgeClient(server.Options());
            var connecting = client.ConnectAsync();
            client.Close();
            Assert.That(Assert.ThrowsAsync<BridgeException>(() => connecting).Reason, Is.EqualTo(ErrorReason.Closed));
        }

        [Test]
        public void CancellingEndsTheWait()
        {
            var server = new ScriptedServer { IsDown = true };
            using var client = new BridgeClient(server.Options());
            using var enough = new CancellationTokenSource();
            var connecting = client.ConnectAsync(enough.Token);
            enough.Cancel();
            Assert.CatchAsync<OperationCanceledException>(() => connecting);
        }

        [Test]
        public async Task AListenerThatThrowsDoesNoHarm()
        {
            var server = new ScriptedServer();
            using var client = new BridgeClient(server.Options());
            client.StateChanged += _ => throw new InvalidOperationException("a listener's fault");
            await client.ConnectAsync();
            Assert.That(client.State, Is.EqualTo(BridgeState.Ready));
        }

        [Test]
        public async Task TwentyLossesLeaveNoTaskUnobserved()
        {
            var unobserved = new ConcurrentQueue<Exception>();
            EventHandler<UnobservedTaskExceptionEventArgs> note = (_, one) => unobserved.Enqueue(one.Exception);
            TaskScheduler.UnobservedTaskException += note;
            var server = new ScriptedServer();
            var client = new BridgeClient(server.Options());
            await client.ConnectAsync();
            client.Avatars.OpenSlot();
            ScriptedCall call = null;
            for (var i = 1; i <= 20; i++)
            {
                call = await server.Call(BridgeStream.Avatar, call);
                call.Say(new StreamAvatarResponse { Opened = new AvatarOpened() });
                await Expect.Until(() => client.Avatars.IsOpen, "open");
                call.Break();
                await Expect.Until(() => client.ReconnectCount == i, $"reconnection {i}");
            }

            await server.Call(BridgeStream.Avatar, call);
            Assert.That((server.TransportCount, server.CallCount), Is.EqualTo((21, 21)), "no stream is opened twice on a connection that broke");
            client.Close();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            TaskScheduler.UnobservedTaskException -= note;
            Assert.That(unobserved, Is.Empty);
            Assert.That(server.Handshakes.Count(id => id == "session-1"), Is.EqualTo(20));
        }

        [Test]
        public void SettingsThatCannotWorkAreRefused()
        {
            Assert.Throws<ArgumentNullException>(() => new BridgeClient(null));
            Assert.Throws<ArgumentException>(() => new BridgeClient(new BridgeOptions { Address = " " }));
            Assert.Throws<ArgumentException>(() => new BridgeClient(new BridgeOptions { TimeoutSeconds = 0 }));
            Assert.Throws<ArgumentException>(() => new BridgeClient(new BridgeOptions { TimeoutSeconds = double.NaN }));
            Assert.Throws<ArgumentException>(() => new BridgeClient(new BridgeOptions { FrameBufferBytes = 100, MaxFrameBytes = 99 }));
        }
    }
}
