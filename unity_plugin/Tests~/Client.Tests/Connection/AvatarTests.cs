using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Slots, looks, frames and acknowledgements, also across a loss, against a server in memory.</summary>
    public class AvatarTests
    {
        private ScriptedServer _server;
        private BridgeClient _client;
        private AvatarSlot _slot;

        [SetUp]
        public async Task Connect()
        {
            _server = new ScriptedServer();
            _client = new BridgeClient(_server.Options());
            await _client.ConnectAsync();
            _slot = _client.Avatars.OpenSlot();
        }

        [TearDown]
        public void Close() => _client.Close();

        [Test]
        public async Task LooksGivenBeforeTheStreamOpensGoUpFirst()
        {
            _slot.SetLook(new AvatarLook(5), morphSeconds: 1);
            _slot.Subscribe(30, 0.05);
            var call = await Opened();
            var up = await Heard(call, 3);
            Assert.That(up[0].Open.SessionId, Is.EqualTo("session-1"));
            Assert.That((up[1].Look.Slot, up[1].Look.Look.Seed), Is.EqualTo((_slot.Number, 5L)));
            Assert.That((up[2].Subscribe.Slot, up[2].Subscribe.FramesPerSecond, up[2].Subscribe.Budget.BudgetMicros), Is.EqualTo((_slot.Number, 30f, 50_000L)));
        }

        [Test]
        public async Task AFrameAskedForIsTakenOnce()
        {
            var call = await Opened();
            var index = _slot.Ask(budgetSeconds: 30);
            call.Say(Frame(index, 2, 2, 9));
            var frame = await Taken();
            Assert.That((frame.FrameIndex, frame.Width, frame.Height, frame.Length), Is.EqualTo((index, 2, 2, 16)));
            Assert.That(frame.Bytes.ToArray(), Is.All.EqualTo(9));
            Assert.That((frame.BudgetSeconds, frame.SessionId), Is.EqualTo((30.0, "session-1")));
            Assert.That(_slot.TryTakeNewest(out _), Is.False);
            Assert.That(_slot.Ask(), Is.GreaterThan(index));
            var up = await Heard(call, 3);
            Assert.That(up[2].Frame.LastReceivedIndex, Is.EqualTo(index), "what has come is acknowledged");
        }

        [Test]
        public async Task FramesOfASubscriptionAreAcknowledged()
        {
            _slot.Subscribe(30, 30);
            var call = await Opened();
            call.Say(Frame(1, 1, 1, 1));
            call.Say(Frame(2, 1, 1, 2));
            await Expect.Until(() => _slot.NewestIndex == 2, "both frames");
            var up = await Heard(call, 4);
            Assert.That(up.Skip(2).Select(message => message.Acknowledge.LastReceivedIndex), Is.EqualTo(new[] { 1L, 2L }));
            var frame = await Taken();
            Assert.That(frame.FrameIndex, Is.EqualTo(2), "the newest wins");
        }

        [Test]
        public async Task AColdFirstPingIsNotTheLinkAndAcknowledgementsTellWhatIs()
        {
            _client.Close();
            foreach (var longer in new[] { 8_000_000L, 1_000_000L, 2_000_000L })
            {
                _server.Delays.Enqueue(longer);
            }

            _client = new BridgeClient(_server.Options());
            await _client.ConnectAsync();
            _slot = _client.Avatars.OpenSlot();
            _slot.Subscribe(30, 30);
            var call = await Opened();
            call.Say(Frame(1, 1, 1, 1));
            var up = await Heard(call, 3);
            Assert.That(up[1].Subscribe.Budget.LinkMicros, Is.InRange(1_000_000, 1_999_999), "the quickest of the first pings");
            Assert.That(up[2].Acknowledge.LinkMicros, Is.InRange(1_000_000, 1_999_999));
        }

        [Test]
        public async Task AHeartbeatIsAskedForAndWhatIsUnchangedIsNoMiss()
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => _slot.Subscribe(30, heartbeatSeconds: 1.5));
            _slot.Subscribe(30, 30, heartbeatSeconds: 0.5);
            var call = await Opened();
            Assert.That((await Heard(call, 2))[1].Subscribe.HeartbeatMicros, Is.EqualTo(500_000));
            call.Say(new StreamAvatarResponse
            {
                Status = new AvatarStatus
                {
                    Slot = _slot.Number,
                    FrameIndex = 2,
                    Outcome = new V1.Outcome { Disposition = V1.Disposition.Unchanged },
                },
            });
            await Expect.Until(() => _client.Statistics.Avatar.UnchangedCount == 1, "the status");
            Assert.That((_client.Statistics.Avatar.LateCount, _client.Statistics.Avatar.InBudgetShare), Is.EqualTo((0L, 1.0)));
        }

        [Test]
        public async Task AnOlderFrameIsNeverShownAfterANewerOne()
        {
            var call = await Opened();
            call.Say(Frame(8, 1, 1, 8));
            call.Say(Frame(7, 1, 1, 7));
            call.Say(new StreamAvatarResponse { Status = new AvatarStatus { Slot = _slot.Number, FrameIndex = 1 } });
            await Expect.Until(() => _slot.TryTakeReport(out _), "all is heard");
            Assert.That(_slot.TryTakeNewest(out var frame) && frame.FrameIndex == 8);
            Assert.That(_slot.TryTakeNewest(out _), Is.False);
        }

        [Test]
        public async Task WhatWasWrongIsToldAndNotWhatFollowsFromIt()
        {
            var call = await Opened();
            _slot.SetLook(new AvatarLook(1));
            call.Say(Invalid(0, "no such attribute"));
            call.Say(Invalid(1, "the slot has no look"));
            call.Say(Frame(2, 1, 1, 2));
            await Expect.Until(() => _slot.NewestIndex == 2, "all is heard");
            Assert.That(_slot.TryTakeReport(out var report), Is.True);
            Assert.That((report.FrameIndex, report.Outcome.Message), Is.EqualTo((0L, "no such attribute")));
            call.Say(Invalid(3, "the slot has no look"));
            call.Say(Frame(4, 1, 1, 4));
            await Expect.Until(() => _slot.NewestIndex == 4, "all is heard again");
            Assert.That(_slot.TryTakeReport(out _), Is.False);
            _slot.SetLook(new AvatarLook(2));
            call.Say(Invalid(5, "something else"));
            await Expect.Until(() => _slot.TryTakeReport(out report), "another look, another report");
            Assert.That(report.Outcome.Message, Is.EqualTo("something else"));
        }

        [Test]
        public async Task WhatAnEarlierSubscriptionMetIsNotToldOfTheNextOne()
        {
            var call = await Opened();
            _slot.SetLook(new AvatarLook(1));
            _slot.Subscribe(30, 30);
            call.Say(Invalid(0, "no such attribute", V1.ErrorReason.UnknownAttribute));
            await Expect.Until(() => _slot.TryTakeReport(out _), "the look is refused");
            _slot.SetLook(new AvatarLook(2));
            await Heard(call, 5);
            call.Say(Invalid(0, "the slot has no look")); // of the first subscription, late
            call.Say(Frame(1, 1, 1, 1));
            await Expect.Until(() => _slot.NewestIndex == 1, "all is heard");
            Assert.That(_slot.TryTakeReport(out _), Is.False);
            Assert.That(call.Heard(StreamAvatarRequest.Parser).Count(up => up.Subscribe != null), Is.EqualTo(2));

            call.Say(Invalid(0, "the slot has no look"));
            await Expect.Until(() => _slot.TryTakeReport(out _), "what is true of the newest is told");
        }

        [Test]
        public async Task ALateFrameIsCountedAndNotShownUnlessAskedFor()
        {
            var call = await Opened();
            var index = _slot.Ask(budgetSeconds: 1e-6);
            call.Say(Frame(index, 1, 1, 1));
            await Expect.Until(() => _slot.NewestIndex == index, "the frame has come");
            Assert.That(_slot.TryTakeNewest(out _), Is.False);
            Assert.That(_client.Statistics.Avatar.LateCount, Is.EqualTo(1));
            _slot.Ask();
            var up = await Heard(call, 3);
            Assert.That(up[2].Frame.LateFrameCount, Is.EqualTo(1), "the server is told");
        }

        [Test]
        public async Task ChunksAreJoined()
        {
            var call = await Opened();
            call.Say(Frame(1, 2, 1, 3, offset: 0, total: 8, size: 5));
            call.Say(Frame(1, 2, 1, 4, offset: 5, total: 8, size: 3));
            var frame = await Taken();
            Assert.That(frame.Bytes.ToArray(), Is.EqualTo(new byte[] { 3, 3, 3, 3, 3, 4, 4, 4 }));
        }

        [Test]
        public async Task WhatBreaksTheContractIsDroppedAndCounted()
        {
            var call = await Opened();
            call.SayBytes(0xFF, 0xFF);
            call.Say(Frame(1, 3, 3, 1, offset: 0, total: 8, size: 8)); // 3x3 pixels are no 8 bytes
            call.Say(Frame(2, 2, 1, 1, offset: 4, total: 8, size: 4));
            call.Say(Frame(3, 1, 1, 1));
            Assert.That((await Taken()).FrameIndex, Is.EqualTo(3), "the stream goes on");
            Assert.That(_client.Statistics.Avatar.DroppedCount, Is.EqualTo(3));
        }

        [Test]
        public async Task AfterALossLooksAndSubscriptionsAreGivenBack()
        {
            _slot.SetLook(new AvatarLook(5));
            _slot.Subscribe(30, 30);
            var first = await Opened();
            first.Say(Frame(4, 1, 1, 1));
            await Expect.Until(() => _slot.NewestIndex == 4, "a frame that nobody takes");
            _server.Remembers = false;
            first.Break();
            var second = await Opened(first);
            Assert.That(_slot.TryTakeNewest(out _), Is.False, "what an old session showed is not shown in a new one");
            var up = await Heard(second, 3);
            Assert.That((up[0].Open.SessionId, up[1].Look.Look.Seed, up[2].Subscribe.FramesPerSecond), Is.EqualTo(("session-2", 5L, 30f)));
            second.Say(Frame(1, 1, 1, 2));
            var frame = await Taken();
            Assert.That((frame.FrameIndex, frame.SessionId), Is.EqualTo((1L, "session-2")));
        }

        [Test]
        public async Task AfterAResumeTheLookIsNotSentAgain()
        {
            _slot.SetLook(new AvatarLook(5));
            _slot.Subscribe(30);
            var first = await Opened();
            first.Break();
            var second = await _server.Call(BridgeStream.Avatar, first);
            second.Say(new StreamAvatarResponse { Opened = new AvatarOpened { Slots = { _slot.Number } } });
            var up = await Heard(second, 2);
            Assert.That(up.Select(message => message.MessageCase), Is.EqualTo(new[]
            {
                StreamAvatarRequest.MessageOneofCase.Open, StreamAvatarRequest.MessageOneofCase.Subscribe,
            }));
        }

        [Test]
        public async Task NothingCanBeAskedForWhileTheStreamIsClosed()
        {
            Assert.That(_slot.Ask(), Is.EqualTo(0));
            await Opened();
            Assert.That(_slot.Ask(), Is.GreaterThan(0));
        }

        [Test]
        public async Task SlotsAreBoundedAndFreeAgainOnceClosed()
        {
            var call = await Opened();
            var others = new[] { _client.Avatars.OpenSlot(), _client.Avatars.OpenSlot(), _client.Avatars.OpenSlot() };
            Assert.That(Assert.Throws<BridgeException>(() => _client.Avatars.OpenSlot()).Reason, Is.EqualTo(ErrorReason.Overloaded));
            others[1].Close();
            others[1].Close();
            Assert.That(_client.Avatars.OpenSlot().Number, Is.EqualTo(others[1].Number));
            var up = await Heard(call, 2);
            Assert.That(up[1].CloseSlot.Slot, Is.EqualTo(others[1].Number));
        }

        private async Task<ScriptedCall> Opened(ScriptedCall notThis = null)
        {
            var call = await _server.Call(BridgeStream.Avatar, notThis);
            call.Say(new StreamAvatarResponse { Opened = new AvatarOpened() });
            await Expect.Until(() => _client.Avatars.IsOpen, "the stream is open");
            return call;
        }

        private async Task<FrameBridge.TextureFrame> Taken()
        {
            FrameBridge.TextureFrame frame = default;
            await Expect.Until(() => _slot.TryTakeNewest(out frame), "a frame");
            return frame;
        }

        private static async Task<StreamAvatarRequest[]> Heard(ScriptedCall call, int count)
        {
            await Expect.Until(() => call.Up.Count >= count, $"{count} messages went up");
            return call.Heard(StreamAvatarRequest.Parser);
        }

        private StreamAvatarResponse Invalid(long index, string message, V1.ErrorReason reason = V1.ErrorReason.Malformed)
        {
            var outcome = new V1.Outcome { Disposition = V1.Disposition.Invalid, Error = new ErrorDetail { Reason = reason, Message = message } };
            return new StreamAvatarResponse { Status = new AvatarStatus { Slot = _slot.Number, FrameIndex = index, Outcome = outcome } };
        }

        private StreamAvatarResponse Frame(long index, int width, int height, byte shade, int offset = 0, int total = 0, int size = 0)
        {
            size = size == 0 ? 4 * width * height : size;
            return new StreamAvatarResponse
            {
                Frame = new V1.TextureFrame
                {
                    Slot = _slot.Number,
                    FrameIndex = index,
                    Format = TextureFormat.Rgba32,
                    Width = width,
                    Height = height,
                    RowOrder = RowOrder.BottomUp,
                    ChunkOffset = offset,
                    TotalBytes = total == 0 ? size : total,
                    Timing = new Timing { Rung = "avatar.64" },
                    Payload = ByteString.CopyFrom(Enumerable.Repeat(shade, size).ToArray()),
                },
            };
        }
    }
}
