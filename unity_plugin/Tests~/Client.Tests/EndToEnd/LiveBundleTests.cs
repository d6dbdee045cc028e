using System;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A game's updates against a real server, named by FRAMEBRIDGE_SERVER: each is one message up.</summary>
    public class LiveBundleTests
    {
        private const string Variable = "FRAMEBRIDGE_SERVER";
        private const double Generous = 8; // seconds; nothing here is about time
        private const int Avatars = 3;
        private const int Updates = 40;

        private string _address;

        [SetUp]
        public void Find()
        {
            _address = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(_address))
            {
                Assert.Ignore($"no server: set {Variable} to the address of one started with `framebridge serve`");
            }
        }

        [Test]
        public async Task AnUpdateIsOneMessageAndItsPartsAreAllAnswered()
        {
            await using var client = await Connected(bundles: true);
            Assert.That(client.UsesBundles, Is.True);
            var frames = await Play(client);
            var sent = client.Statistics.Avatar;
            await Expect.Until(() => sent.SentPartCount == Avatars + (Avatars * Updates), "looks and requests are sent");
            Assert.That(frames, Is.All.GreaterThan(0), "frames of each avatar");
            Assert.That(sent.SentMessageCount, Is.LessThanOrEqualTo(Updates), "at most one message an update");
            Assert.That((sent.DroppedCount, client.LastError, client.ReconnectCount), Is.EqualTo((0L, (BridgeException)null, 0)));
        }

        [Test]
        public async Task WithoutBundlesEachMessageTravelsAlone()
        {
            await using var client = await Connected(bundles: false);
            Assert.That(client.UsesBundles, Is.False);
            Assert.That(await Play(client), Is.All.GreaterThan(0), "frames of each avatar");
            var counts = client.Statistics.Avatar;
            Assert.That(counts.SentMessageCount, Is.EqualTo(counts.SentPartCount));
            Assert.That(counts.ReceivedMessageCount, Is.EqualTo(counts.ReceivedPartCount));
        }

        [Test]
        public async Task ABadPartCostsOnlyItself()
        {
            await using var client = await Connected(bundles: true);
            var (good, bad) = (client.Avatars.OpenSlot(), client.Avatars.OpenSlot());
            await Expect.Until(() => client.Avatars.IsOpen, "the stream is open");
            client.BeginUpdate();
            bad.SetLook(new AvatarLook(1, new[] { new AvatarAttribute("no such attribute", "x") }));
            good.SetLook(new AvatarLook(2));
            bad.Ask(Generous);
            var index = good.Ask(Generous);
            client.EndUpdate();
            FrameBridge.TextureFrame frame = default;
            await Expect.Until(() => good.TryTakeNewest(out frame), "the good one's frame");
            Assert.That(frame.FrameIndex, Is.EqualTo(index));
            AvatarReport report = default;
            await Expect.Until(() => bad.TryTakeReport(out report), "the bad one's report");
            Assert.That(report.Outcome.Reason, Is.EqualTo(ErrorReason.UnknownAttribute));
            Assert.That(client.ReconnectCount, Is.EqualTo(0));
        }

        private Task<BridgeClient> Connected(bool bundles) => Expect.Connected(new BridgeOptions
        {
            Address = _address,
            ClientName = "bundles",
            Transport = Handlers.Transport,
            TimeoutSeconds = 20,
            Bundles = bundles,
        });

        /// <summary>Asks for a frame of each avatar in each update; returns how many came for each.</summary>
        private static async Task<int[]> Play(BridgeClient client)
        {
            var slots = Enumerable.Range(0, Avatars).Select(_ => client.Avatars.OpenSlot()).ToArray();
            await Expect.Until(() => client.Avatars.IsOpen, "the stream is open");
            var frames = new int[Avatars];
            for (var update = 0; update < Updates; update++)
            {
                client.BeginUpdate();
                for (var i = 0; i < Avatars; i++)
                {
                    if (update == 0)
                    {
                        slots[i].SetLook(new AvatarLook(i));
                    }

                    slots[i].Ask(Generous);
                    frames[i] += slots[i].TryTakeNewest(out _) ? 1 : 0;
                }

                client.EndUpdate();
                await Task.Delay(2);
            }

            for (var i = 0; i < Avatars; i++)
            {
                await Expect.Until(() => (frames[i] += slots[i].TryTakeNewest(out _) ? 1 : 0) > 0, "a frame");
            }

            return frames;
        }
    }
}
