using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>A connection's problem while it is not ready.</summary>
    public sealed class ConnectionProblemTests : PlayFixture
    {
        private const int Second = 60;

        [Test]
        public void While_all_is_well_it_says_nothing()
        {
            Assert.That(Connect().Problem, Is.Empty);
        }

        [Test]
        public void One_that_nobody_told_to_connect_says_so()
        {
            BridgeConnection connection = Make<BridgeConnection>(made => made.ConnectOnEnable = false);

            StubPlayer.Tick();

            Assert.That(connection.Problem, Does.Contain("Connect On Enable"));
        }

        [Test]
        public void A_disabled_one_says_so()
        {
            BridgeConnection connection = Connect();

            connection.gameObject.SetActive(false);
            Assert.That(connection.Problem, Does.Contain("disabled"));

            connection.gameObject.SetActive(true);
            Until(() => connection.State == BridgeState.Ready, "it is ready");
            Assert.That(connection.Problem, Is.Empty);
        }

        [Test]
        public void A_server_that_does_not_answer_is_named_with_its_address_within_a_second()
        {
            Server.IsSilent = true;
            BridgeConnection connection = Connect(wait: false);
            StubPlayer.Ticks(30);
            Assert.That(connection.Problem, Is.Empty, "it is only just connecting");

            StubPlayer.Ticks(30);

            Assert.That(connection.Problem, Does.Contain("127.0.0.1:50051"));
        }

        [Test]
        public void A_server_that_is_away_is_told_as_soon_as_it_is_known()
        {
            Server.IsUp = false;
            BridgeConnection connection = Connect(wait: false);

            Until(() => connection.Problem.Length > 0, "it is told");

            Assert.That(connection.Problem, Does.Contain("no server answers"));
            StubPlayer.Ticks(Second);
            Assert.That(Debug.StubCount(LogType.Warning), Is.EqualTo(1));
        }

        [Test]
        public void A_lost_connection_says_for_how_long_and_why_and_is_logged_once()
        {
            BridgeConnection connection = Connect();
            Make<AvatarTexture>();
            Until(() => Server.OpenCalls == 1, "a stream is open");

            Server.Kill();
            Until(() => connection.Client.State == BridgeState.Reconnecting, "the loss is noticed");
            StubPlayer.Tick();
            Assert.That(connection.Problem, Does.StartWith("the connection was lost and is being restored"));
            Until(() => connection.Client.LastError.Message.Contains("no server"), "it was tried again");
            StubPlayer.Ticks(4 * Second);
            Assert.That(connection.Problem, Does.Match("^the connection was lost [0-9]+ s ago").And.Contain("no server answers"));
            Assert.That(Debug.StubCount(LogType.Warning), Is.EqualTo(2), "the loss, and that no server answers");

            Server.IsUp = true;
            Until(() => connection.State == BridgeState.Ready, "it is back");
            Assert.That(connection.Problem, Is.Empty);
        }

        [Test]
        public void A_pause_is_no_fault()
        {
            BridgeConnection connection = Connect();

            StubPlayer.Pause(true);

            Assert.That(connection.Problem, Does.Contain("paused"));
            Assert.That(Debug.StubCount(LogType.Warning), Is.Zero);
        }

        [Test]
        public void Without_a_transport_it_says_what_to_install()
        {
            BridgeConnection connection = Make<BridgeConnection>();

            Until(() => connection.State == BridgeState.Refused, "it is refused");

            Assert.That(connection.Problem, Does.Contain("transport"));
        }
    }
}
