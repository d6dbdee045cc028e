using System.Net;
using System.Net.Sockets;
using System.Threading;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>The real transport without a server.</summary>
    public class GrpcTransportTests
    {
        [Test]
        public void WhereNobodyListensTryingAgainMayHelp()
        {
            var error = Failure(FreeAddress());
            Assert.That((error.Reason, error.IsLost), Is.EqualTo((ErrorReason.Unreachable, true)));
            Assert.That(error.Message, Does.Contain("framebridge serve"));
        }

        [TestCase("not an address")]
        [TestCase("ftp://127.0.0.1:50051")]
        [TestCase("http://")]
        public void AnAddressThatIsNoneIsRefused(string address)
        {
            using var client = new BridgeClient(new BridgeOptions { Address = address, Transport = Handlers.Transport });
            var error = Assert.ThrowsAsync<BridgeException>(() => client.ConnectAsync());
            Assert.That(client.State, Is.EqualTo(BridgeState.Refused));
            Assert.That(error.Message, Does.Contain("127.0.0.1:50051"), "how to write one");
        }

        [Test]
        public void WithoutATransportTheMendIsNamed()
        {
            BridgeTransports.Reset();
            using var client = new BridgeClient(new BridgeOptions());
            var error = Assert.ThrowsAsync<BridgeException>(() => client.ConnectAsync());
            Assert.That(error.Reason, Is.EqualTo(ErrorReason.NoTransport));
            Assert.That(error.Message, Does.Contain("Setup Doctor"));
        }

        [Test]
        public void ATransportThatCannotBeMadeIsRefusedWithItsReason()
        {
            var none = new System.IO.MemoryStream(new byte[100]);
            using var client = new BridgeClient(new BridgeOptions { Transport = _ => new ReplayTransport(none) });
            var error = Assert.ThrowsAsync<BridgeException>(() => client.ConnectAsync());
            Assert.That(client.State, Is.EqualTo(BridgeState.Refused));
            Assert.That(error.Message, Does.Contain("not a FrameBridge recording"));
        }

        [Test]
        public void ARegisteredTransportIsUsed()
        {
            var server = new ScriptedServer();
            BridgeTransports.Register(server.Options().Transport);
            try
            {
                using var client = new BridgeClient(new BridgeOptions());
                Assert.DoesNotThrowAsync(() => client.ConnectAsync());
            }
            finally
            {
                BridgeTransports.Reset();
            }
        }

        private static BridgeException Failure(string address)
        {
            using var transport = Handlers.Transport(new BridgeOptions { Address = address });
            try
            {
                transport.HandshakeAsync(new HandshakeQuestion(), CancellationToken.None).GetAwaiter().GetResult();
            }
            catch (System.Exception thrown)
            {
                return transport.ErrorOf(thrown);
            }

            throw new AssertionException("nobody listens there, and yet there was an answer");
        }

        private static string FreeAddress()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            return $"127.0.0.1:{port}";
        }
    }
}
