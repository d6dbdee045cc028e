using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    public sealed class BridgeConnectionTests : PlayFixture
    {
        [Test]
        public void States_are_told_on_the_main_thread_in_their_order()
        {
            var states = new List<BridgeState>();
            BridgeConnection connection = Connect(wait: false);
            connection.StateChanged += change =>
            {
                Assert.That(MainThread.IsCurrent, Is.True);
                states.Add(change.To);
            };
            var events = new List<BridgeState>();
            connection.OnStateChanged.AddListener(events.Add);

            Until(() => connection.State == BridgeState.Ready, "the connection is ready");

            Assert.That(states.Last(), Is.EqualTo(BridgeState.Ready));
            Assert.That(states, Is.Ordered);
            Assert.That(events, Is.EqualTo(states));
        }

        [Test]
        public void The_settings_reach_the_handshake()
        {
            BridgeSettings settings = ScriptableObject.CreateInstance<BridgeSettings>();
            settings.ClientName = "a game";
            settings.CompressedTextures = false;
            var holder = new GameObject();
            holder.SetActive(false);
            BridgeConnection connection = holder.AddComponent<BridgeConnection>();
            connection.Settings = settings;
            connection.Configuring += options => options.Transport = Server.Transport;
            holder.SetActive(true);

            Until(() => connection.State == BridgeState.Ready, "the connection is ready");

            Assert.That(Server.LastQuestion.ClientName, Is.EqualTo("a game"));
            Assert.That(Server.LastQuestion.Formats, Is.EqualTo(new[] { FrameFormat.Rgba32 }));
            Assert.That(Application.runInBackground, Is.True);
        }

        [Test]
        public void A_refusal_is_told_in_one_sentence()
        {
            Server.Major = 2;
            BridgeConnection connection = Connect(wait: false);

            Until(() => connection.State == BridgeState.Refused, "it is refused");

            Assert.That(connection.Problem, Is.Not.Empty);
            Assert.That(UnityEngine.Debug.StubCount(LogType.Error), Is.EqualTo(1));
        }

        [Test]
        public void Settings_that_cannot_work_are_a_refusal_and_no_exception()
        {
            BridgeSettings settings = ScriptableObject.CreateInstance<BridgeSettings>();
            settings.Address = string.Empty;
            BridgeConnection connection = Make<BridgeConnection>(made => made.Settings = settings);

            StubPlayer.Tick();

            Assert.That(connection.State, Is.EqualTo(BridgeState.Refused));
            Assert.That(connection.Problem, Is.Not.Empty);
        }

        [Test]
        public void Disabling_closes_every_stream_and_enabling_connects_again()
        {
            BridgeConnection connection = Connect();
            Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.OpenCalls == 1, "the avatars' stream is open");

            connection.enabled = false;
            Assert.That(connection.State, Is.EqualTo(BridgeState.Offline));
            Until(() => Server.OpenCalls == 0, "the stream is closed");

            connection.enabled = true;
            Until(() => Server.OpenCalls == 1, "the stream is open again");
        }

        [Test]
        public void A_pause_closes_every_stream_and_its_end_brings_them_back()
        {
            BridgeConnection connection = Connect();
            AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.OpenCalls == 1, "the avatars' stream is open");
            int slot = avatar.SlotNumber;
            BridgeClient client = connection.Client;

            StubPlayer.Pause(true);
            Assert.That(Server.OpenCalls, Is.Zero);
            Assert.That(connection.State, Is.EqualTo(BridgeState.Offline));

            StubPlayer.Pause(false);
            Until(() => connection.State == BridgeState.Ready && Server.OpenCalls == 1, "the stream is open again");
            Assert.That(connection.Client, Is.SameAs(client));
            Assert.That(avatar.SlotNumber, Is.EqualTo(slot));
            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
            Until(() => avatar.UploadCount == 1, "frames come again");
        }

        [Test]
        public void A_client_that_was_closed_is_replaced_by_another()
        {
            BridgeConnection connection = Connect();
            connection.Client.Close();

            connection.Connect();

            Until(() => connection.State == BridgeState.Ready, "the connection is ready");
        }

        [Test]
        public void The_first_enabled_connection_is_the_default()
        {
            BridgeConnection one = Connect();
            BridgeConnection two = Connect();
            Assert.That(BridgeConnection.Default, Is.SameAs(one));

            one.enabled = false;
            Assert.That(BridgeConnection.Default, Is.SameAs(two));
        }

        [Test]
        public void CloseAll_ends_all_connections()
        {
            Connect();
            Connect();
            Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.OpenCalls == 1, "a stream is open");

            BridgeConnection.CloseAll();

            Until(() => Server.OpenCalls == 0, "all streams are closed");
        }

        [Test]
        public void Leaving_play_mode_closes_every_stream_and_takes_the_step_out()
        {
            Connect();
            Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.OpenCalls == 1, "a stream is open");
            int threads = Process.GetCurrentProcess().Threads.Count;

            StubPlayer.ExitPlayMode();

            Assert.That(Server.OpenCalls, Is.Zero);
            Assert.That(Application.StubQuittingSubscribers, Is.Zero);
            Assert.That(BridgeConnection.Default, Is.Null);
            Assert.That(Process.GetCurrentProcess().Threads.Count, Is.LessThanOrEqualTo(threads));
            StubPlayer.EnterPlayMode(typeof(BridgeLoop).Assembly);
        }

        [Test]
        public void Statics_that_were_kept_do_no_harm_in_the_next_play_mode()
        {
            int blocks = NativeBlocks.LiveCount;
            for (int cycle = 0; cycle < 5; cycle++)
            {
                Connect();
                AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);
                Until(() => Server.OpenCalls == 1, "a stream is open");
                Until(() => avatar.SlotNumber >= 0 && Server.Avatars.IsOpen, "a slot is open");
                Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
                Until(() => avatar.UploadCount == 1, "a frame is shown");

                StubPlayer.ExitPlayMode();
                Assert.That(World.Count<Texture2D>(), Is.Zero);
                Assert.That(NativeBlocks.LiveCount, Is.EqualTo(blocks));
                StubPlayer.EnterPlayMode(typeof(BridgeLoop).Assembly);
                BridgeLoop.BudgetMilliseconds = 1000;
            }
        }
    }
}
