using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    public sealed class ServerCheckTests : Fixture
    {
        private static BridgeOptions At(string address) => new BridgeOptions { Address = address };

        [Test]
        public async Task WithoutTheLayerNobodyIsAsked()
        {
            BridgeTransports.Reset();

            var findings = await new ServerCheck(() => At("127.0.0.1:1")).ExamineAsync(CancellationToken.None);

            Assert.That(findings.Single().Level, Is.EqualTo(FindingLevel.Note));
        }

        [Test]
        public async Task ALiveServerTellsItsVersionAndModels()
        {
            var address = LiveServer();
            Transport.Register();

            var findings = await new ServerCheck(() => At(address)).ExamineAsync(CancellationToken.None);

            Assert.That(findings.Select(finding => finding.Level), Is.All.EqualTo(FindingLevel.Fine));
            Assert.That(findings[0].Found, Does.StartWith(address));
            var models = findings.Where(finding => finding.Name == "Model").Select(finding => finding.Found).ToArray();
            Assert.That(models, Has.Length.EqualTo(9), "four, two of one's own, and three that are loaded on request");
            Assert.That(models.Count(found => found.EndsWith("is ready.", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(6));
            Assert.That(models.Where(found => !found.EndsWith("is ready.", StringComparison.Ordinal)), Is.All.Contains("is not loaded").And.All.Contains("framebridge models load"));
            Assert.That(findings[1].Found, Does.Contain(ProtocolVersion.Client));
        }

        [Test]
        public async Task WhereNobodyListensTheMendIsToStartOne()
        {
            Transport.Register();
            var address = $"127.0.0.1:{UnusedPort()}";

            var findings = await new ServerCheck(() => At(address)).ExamineAsync(CancellationToken.None);

            Assert.That(findings.Single().Level, Is.EqualTo(FindingLevel.Fault));
            Assert.That(findings.Single().Mend, Does.Contain("framebridge serve"));
        }

        [Test]
        public async Task AnAddressThatCannotBeIsSaid()
        {
            Transport.Register();

            var findings = await new ServerCheck(() => At("ftp://nowhere")).ExamineAsync(CancellationToken.None);

            Assert.That(findings.Single().Level, Is.EqualTo(FindingLevel.Fault));
            Assert.That(findings.Single().Mend, Does.Contain("address"));
        }

        private static int UnusedPort()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            return port;
        }
    }
}
