using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Bundles up and down, against a server in memory: agreed on at each handshake, and read part by part.</summary>
    public class BundleTests
    {
        private ScriptedServer _server;
        private Recorder _recorder;
        private BridgeClient _client;
        private AvatarSlot _slot;

        [SetUp]
        public void Make()
        {
            _server = new ScriptedServer { TakesBundles = true };
            _recorder = new Recorder(1024 * 1024);
        }

        [TearDown]
        public void Close() => _client.Close();

        [Test]
        public async Task WhatIsSentInOneUpdateGoesUpAsOneMessage()
        {
            var call = await Connected();
            var (messages, parts) = (_client.Statistics.Avatar.SentMessageCount, _client.Statistics.Avatar.SentPartCount);
            _client.BeginUpdate();
            _slot.SetLook(new AvatarLook(5));
            var other = _client.Avatars.OpenSlot();
            other.SetLook(new AvatarLook(6));
            var index = _slot.Ask();
            Assert.That(call.Up, Has.Count.EqualTo(1), "only `open`");
            _client.EndUpdate();
            var bundle = (await Heard(call, 2))[1].Bundle;
            var up = bundle.Parts.Select(part => StreamAvatarRequest.Parser.ParseFrom(part)).ToArray();
            Assert.That(up.Select(one => one.MessageCase), Is.EqualTo(new[]
            {
                StreamAvatarRequest.MessageOneofCase.Look, StreamAvatarRequest.MessageOneofCase.Look, StreamAvatarRequest.MessageOneofCase.Frame,
            }));
            Assert.That((up[0].Look.Look.Seed, up[1].Look.Look.Seed, up[2].Frame.FrameIndex), Is.EqualTo((5, 6, index)));
            await Expect.Until(() => _client.Statistics.Avatar.SentMessageCount == messages + 1, "counted");
            Assert.That(_client.Statistics.Avatar.SentPartCount, Is.EqualTo(parts + 3));
        }

        [Test]
        public async Task AMessageThatIsAloneIsSentAsItself()
        {
            var call = await Connected();
            _client.BeginUpdate();
            _slot.SetLook(new AvatarLook(5));
            _client.EndUpdate();
            Assert.That((await Heard(call, 2))[1].Look.Look.Seed, Is.EqualTo(5));
            _slot.SetLook(new AvatarLook(6));
            Assert.That((await Heard(call, 3))[2].Look.Look.Seed, Is.EqualTo(6), "outside of an update at once");
        }

        [Test]
        public async Task EachPartOfABundleIsReadAndABadOneCostsOnlyItself()
        {
            var call = await Connected();
            var other = _client.Avatars.OpenSlot();
            var nested = new StreamAvatarResponse { Bundle = new Bundle { Parts = { Frame(other, 9).ToByteString() } } };
            call.Say(new StreamAvatarResponse
            {
                Bundle = new Bundle
                {
                    Parts =
                    {
                        Frame(_slot, 1).ToByteString(),
                        ByteString.CopyFrom(0x1A, 0x7F, 1), // cut off
                        nested.ToByteString(),
                        new StreamAvatarResponse { Opened = new AvatarOpened() }.ToByteString(),
                        Frame(other, 8, 5000).ToByteString(), // too large for a part
                        Frame(other, 2).ToByteString(),
                    },
                },
            });
            Assert.That((await Taken(_slot)).FrameIndex, Is.EqualTo(1));
            Assert.That((await Taken(other)).FrameIndex, Is.EqualTo(2));
            Assert.That(_client.Statistics.Avatar.DroppedCount, Is.EqualTo(4));
            Assert.That((_client.Statistics.Avatar.ReceivedMessageCount, _client.Statistics.Avatar.ReceivedPartCount), Is.EqualTo((2L, 7L)));
        }

        [Test]
        public async Task ABundleOfTooManyPartsIsDroppedAsAWhole()
        {
            var call = await Connected();
            var parts = Enumerable.Range(1, BundleReader.MostParts + 1).Select(index => Frame(_slot, index).ToByteString());
            call.Say(new StreamAvatarResponse { Bundle = new Bundle { Parts = { parts } } });
            call.Say(Frame(_slot, 99));
            Assert.That((await Taken(_slot)).FrameIndex, Is.EqualTo(99));
            Assert.That(_client.Statistics.Avatar.DroppedCount, Is.EqualTo(1));
        }

        [Test]
        public async Task AcknowledgementsRideAlongWhereTheServerCanWaitForThem()
        {
            _server.Limits.MaxUnacknowledgedFrames = 100_000;
            var call = await Connected();
            _client.BeginUpdate();
            _client.EndUpdate();
            _client.BeginUpdate(); // now the length of a frame is known
            _slot.Subscribe(30, 30);
            _client.EndUpdate();
            await Heard(call, 2);
            call.Say(Frame(_slot, 1));
            call.Say(Frame(_slot, 2));
            await Expect.Until(() => _slot.NewestIndex == 2, "the frames have come");
            Assert.That(call.Up, Has.Count.EqualTo(2), "their acknowledgements wait");
            _client.BeginUpdate();
            _slot.SetLook(new AvatarLook(5));
            _client.EndUpdate();
            var up = (await Heard(call, 3))[2].Bundle.Parts.Select(part => StreamAvatarRequest.Parser.ParseFrom(part)).ToArray();
            Assert.That(up.Take(2).Select(one => one.Acknowledge.LastReceivedIndex), Is.EqualTo(new[] { 1, 2 }));
            Assert.That(up[2].Look.Look.Seed, Is.EqualTo(5));
        }

        [Test]
        public async Task WithoutAGameLoopTheyAreSentAtOnceAndThoseOfABundleTogether()
        {
            var call = await Connected();
            var other = _client.Avatars.OpenSlot();
            foreach (var slot in new[] { _slot, other })
            {
                slot.Subscribe(120, 30);
            }

            await Expect.Until(() => _client.Statistics.Avatar.SentPartCount == 2, "both subscriptions went up");
            var before = call.Up.Count;
            call.Say(new StreamAvatarResponse { Bundle = new Bundle { Parts = { Frame(_slot, 1).ToByteString(), Frame(other, 1).ToByteString() } } });
            var up = (await Heard(call, before + 1))[before].Bundle.Parts.Select(part => StreamAvatarRequest.Parser.ParseFrom(part));
            Assert.That(up.Select(one => one.Acknowledge.Slot), Is.EqualTo(new[] { _slot.Number, other.Number }));
        }

        [Test]
        public async Task AfterAReconnectionToAnOlderServerTheyAreOffAndAgainOnWithANewerOne()
        {
            var call = await Connected();
            Assert.That(_client.UsesBundles, Is.True);
            _server.TakesBundles = false;
            call.Break();
            call = await Opened(call);
            Assert.That(_client.UsesBundles, Is.False);
            await SendTwoLooks();
            Assert.That((await Heard(call, 3)).Select(one => one.MessageCase), Has.None.EqualTo(StreamAvatarRequest.MessageOneofCase.Bundle));
            _server.TakesBundles = true;
            call.Break();
            call = await Opened(call);
            await Expect.Until(() => call.Up.Count == 2, "the look is restored");
            await SendTwoLooks();
            Assert.That((await Heard(call, 3))[2].Bundle.Parts, Has.Count.EqualTo(2));
        }

        [Test]
        public async Task TheyAreNotUsedWhereTheyAreSwitchedOff()
        {
            var call = await Connected(bundles: false);
            await SendTwoLooks();
            Assert.That((await Heard(call, 3)).Select(one => one.MessageCase), Has.None.EqualTo(StreamAvatarRequest.MessageOneofCase.Bundle));
            Assert.That(_client.UsesBundles, Is.False);
        }

        [Test]
        public async Task ALossDuringAnUpdateDropsWhatWaits()
        {
            var call = await Connected();
            _client.BeginUpdate();
            Assert.That(_slot.Ask(), Is.GreaterThan(0));
            call.Break();
            call = await Opened(call);
            _client.EndUpdate();
            _slot.SetLook(new AvatarLook(3));
            Assert.That((await Heard(call, 2))[1].MessageCase, Is.EqualTo(StreamAvatarRequest.MessageOneofCase.Look), "the lost request is not sent");
        }

        [Test]
        public async Task ARecordingHoldsBundlesAsTheyCameAndWhatWasSentPartByPart()
        {
            var call = await Connected();
            await SendTwoLooks();
            await Heard(call, 2);
            call.Say(new StreamAvatarResponse { Bundle = new Bundle { Parts = { Frame(_slot, 1).ToByteString() } } });
            await Taken(_slot);
            var entries = RecordingFile.Read(Saved(), out var handshake);
            Assert.That(handshake.Bundles, Is.True);
            var up = entries.Where(one => one.Kind == RecordKind.Up).Select(one => StreamAvatarRequest.Parser.ParseFrom(one.Bytes).MessageCase);
            Assert.That(up, Is.EqualTo(new[]
            {
                StreamAvatarRequest.MessageOneofCase.Open, StreamAvatarRequest.MessageOneofCase.Look, StreamAvatarRequest.MessageOneofCase.Look,
            }));
            var down = entries.Where(one => one.Kind == RecordKind.Down).Select(one => StreamAvatarResponse.Parser.ParseFrom(one.Bytes).MessageCase);
            Assert.That(down, Is.EqualTo(new[] { StreamAvatarResponse.MessageOneofCase.Opened, StreamAvatarResponse.MessageOneofCase.Bundle }));
        }

        [Test]
        public async Task PicturesInBundlesStayOutOfARecording()
        {
            await Connected();
            var cameras = new[] { _client.Recognition.OpenSlot(), _client.Recognition.OpenSlot() };
            var call = await _server.Call(BridgeStream.Recognition);
            call.Say(new RecognizeResponse { Opened = new RecognizeOpened() });
            await Expect.Until(() => _client.Recognition.IsOpen, "the stream is open");
            _client.BeginUpdate();
            foreach (var camera in cameras)
            {
                var tasks = new[] { new FrameBridge.RecognitionTask { Kind = RecognitionKind.Detect } };
                camera.TrySend(new CameraImage { Format = ImageFormat.Rgb24, Width = 2, Height = 1 }, new byte[] { 201, 202, 203, 204, 205, 206 }, tasks);
            }

            _client.EndUpdate();
            await Expect.Until(() => call.Up.Count == 2, "the pictures went up");
            Assert.That(RecognizeRequest.Parser.ParseFrom(call.Up.Last()).Bundle.Parts, Has.Count.EqualTo(2));
            await Expect.Until(() => _client.Statistics.Recognition.SentPartCount == 2, "counted");
            _client.Close();
            var bytes = Saved().ToArray();
            Assert.That(bytes.AsSpan().IndexOf(new byte[] { 201, 202, 203 }), Is.EqualTo(-1));
            Assert.That(RecordingFile.Read(new MemoryStream(bytes), out _).Count(one => one.Kind == RecordKind.CameraGap), Is.EqualTo(2));
        }

        private async Task SendTwoLooks()
        {
            _client.BeginUpdate();
            _slot.SetLook(new AvatarLook(1));
            _slot.SetLook(new AvatarLook(2));
            await Task.Yield();
            _client.EndUpdate();
        }

        private async Task<ScriptedCall> Connected(bool bundles = true)
        {
            var options = _server.Options();
            options.Bundles = bundles;
            options.Recorder = _recorder;
            _client = new BridgeClient(options);
            await _client.ConnectAsync();
            _slot = _client.Avatars.OpenSlot();
            return await Opened();
        }

        private async Task<ScriptedCall> Opened(ScriptedCall notThis = null)
        {
            var call = await _server.Call(BridgeStream.Avatar, notThis);
            call.Say(new StreamAvatarResponse { Opened = new AvatarOpened() });
            await Expect.Until(() => _client.Avatars.IsOpen, "the stream is open");
            return call;
        }

        private MemoryStream Saved()
        {
            var file = new MemoryStream();
            _recorder.Save(file);
            file.Position = 0;
            return file;
        }

        private static async Task<FrameBridge.TextureFrame> Taken(AvatarSlot slot)
        {
            FrameBridge.TextureFrame frame = default;
            await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame");
            return frame;
        }

        private static async Task<StreamAvatarRequest[]> Heard(ScriptedCall call, int count)
        {
            await Expect.Until(() => call.Up.Count >= count, $"{count} messages went up");
            return call.Heard(StreamAvatarRequest.Parser);
        }

        private static StreamAvatarResponse Frame(AvatarSlot slot, long index, int rows = 1) => new StreamAvatarResponse
        {
            Frame = new V1.TextureFrame
            {
                Slot = slot.Number,
                FrameIndex = index,
                Format = TextureFormat.Rgba32,
                Width = 1,
                Height = rows,
                TotalBytes = 4 * rows,
                Payload = ByteString.CopyFrom(new byte[4 * rows]),
            },
        };
    }
}
