using System;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>TLS with a private authority, in front of the server that FRAMEBRIDGE_SERVER names.</summary>
    public sealed class TlsTests
    {
        private readonly string _server = Environment.GetEnvironmentVariable("FRAMEBRIDGE_SERVER");
        private Authority _authority;
        private Authority _another;

        [OneTimeSetUp]
        public void Found()
        {
            if (string.IsNullOrEmpty(_server))
            {
                Assert.Ignore("no server: set FRAMEBRIDGE_SERVER to the address of one started with `framebridge serve`");
            }

            _authority = new Authority("a studio");
            _another = new Authority("another studio");
        }

        [OneTimeTearDown]
        public void Leave()
        {
            _authority?.Dispose();
            _another?.Dispose();
        }

        [Test]
        public async Task WithItsAuthorityAFrameComes()
        {
            using var certificate = _authority.Sign("localhost");
            using var proxy = new TlsProxy(_server, certificate);
            await using var client = await Expect.Connected(Options(proxy, _authority.Pem));
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(3));
            slot.Subscribe(20, 8);
            var frame = default(TextureFrame);
            await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame");
            Assert.That(frame.Length, Is.EqualTo(4 * frame.Width * frame.Height));
        }

        [Test]
        public async Task SeveralAuthoritiesMayBeTrusted()
        {
            using var certificate = _authority.Sign("localhost");
            using var proxy = new TlsProxy(_server, certificate);
            await using var client = await Expect.Connected(Options(proxy, _another.Pem + "\n" + _authority.Pem));
            Assert.That(client.State, Is.EqualTo(BridgeState.Ready));
        }

        [Test]
        public void WithoutItsAuthorityItIsRefusedAndTheMendIsSaid() => Refused("localhost", null, "RootCertificates");

        [Test]
        public void AnotherAuthorityDoesNotVouchForIt() => Refused("localhost", _another.Pem, "RootCertificates");

        [Test]
        public void TheNameHasToFitToo() => Refused("elsewhere.example", _authority.Pem, "issued to elsewhere.example");

        [TestCase("no certificate at all")]
        [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
        public void WhatIsNoCertificateIsSaid(string pem)
        {
            using var certificate = _authority.Sign("localhost");
            using var proxy = new TlsProxy(_server, certificate);
            using var client = new BridgeClient(Options(proxy, pem));
            var error = Assert.ThrowsAsync<BridgeException>(() => client.ConnectAsync());
            Assert.That((error.Reason, client.State), Is.EqualTo((ErrorReason.OutOfRange, BridgeState.Refused)));
            Assert.That(error.Message, Does.Contain("PEM"));
        }

        private static BridgeOptions Options(TlsProxy proxy, string authority) => new BridgeOptions
        {
            Address = proxy.Address, Transport = Handlers.Transport, RootCertificates = authority, TimeoutSeconds = 20,
        };

        private void Refused(string host, string trusted, string mend)
        {
            using var certificate = _authority.Sign(host);
            using var proxy = new TlsProxy(_server, certificate);
            using var client = new BridgeClient(Options(proxy, trusted));
            var error = Assert.ThrowsAsync<BridgeException>(() => client.ConnectAsync());
            Assert.That(error.Message, Does.Contain("not trusted").And.Contain(mend));
            Assert.That(client.State, Is.EqualTo(BridgeState.Refused), "trying again does not mend a certificate");
        }
    }
}
