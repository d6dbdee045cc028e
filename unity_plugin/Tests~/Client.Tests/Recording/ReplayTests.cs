using System.Buffers;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A recording answers a live client: frames by its clock, turns and pictures on request.</summary>
    public class ReplayTests
    {
        [Test]
        public async Task FramesComeAndBeginAnewWithHigherIndices()
        {
            using var client = await Playing(Frames(), loop: true);
            var slot = client.Avatars.OpenSlot();
            long last = 0;
            for (var count = 0; count < 5; count++)
            {
                FrameBridge.TextureFrame frame = default;
                await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame");
                Assert.That(frame.FrameIndex, Is.GreaterThan(last));
                last = frame.FrameIndex;
            }

            await Expect.Until(() => slot.NewestIndex > 20, "the recording begins anew");
            Assert.That(client.Statistics.Avatar.DroppedCount, Is.EqualTo(0));
        }

        [Test]
        public async Task TurnsAreAnsweredByTheNextRecordedOne()
        {
            var recorder = new Recorder();
            Note(recorder, BridgeStream.Dialogue, new ConverseResponse { Opened = new ConverseOpened() });
            for (var turn = 5; turn < 7; turn++)
            {
                recorder.Note(BridgeStream.Dialogue, isUp: true, new ReadOnlySequence<byte>(new ConverseRequest { Say = new ConverseSay { TurnId = turn } }.ToByteArray()));
                Note(recorder, BridgeStream.Dialogue, new ConverseResponse { ConversationId = "old", TurnId = turn, Token = new TurnToken { Text = $"reply {turn}" } });
                Note(recorder, BridgeStream.Dialogue, new ConverseResponse { ConversationId = "old", TurnId = turn, Done = new TurnDone { Finish = V1.TurnFinish.End, Text = $"reply {turn}" } });
            }

            using var client = await Playing(recorder, loop: false);
            var conversation = client.Dialogue.Open("new");
            await Expect.Until(() => client.Dialogue.IsOpen, "open");
            Assert.That((await conversation.Say("a").WaitAsync()).Text, Is.EqualTo("reply 5"));
            Assert.That((await conversation.Say("b").WaitAsync()).Text, Is.EqualTo("reply 6"));
            Assert.That((await conversation.Say("c").WaitAsync()).Text, Is.EqualTo("reply 5"));
        }

        [Test]
        public async Task EachConversationIsAnsweredWithItsOwnTurns()
        {
            var recorder = new Recorder();
            Note(recorder, BridgeStream.Dialogue, new ConverseResponse { Opened = new ConverseOpened() });
            foreach (var (turn, name) in new[] { (1, "mara"), (2, "vex"), (3, "mara") })
            {
                recorder.Note(BridgeStream.Dialogue, isUp: true, new ReadOnlySequence<byte>(new ConverseRequest { Say = new ConverseSay { ConversationId = name, TurnId = turn } }.ToByteArray()));
                Note(recorder, BridgeStream.Dialogue, new ConverseResponse { ConversationId = name, TurnId = turn, Done = new TurnDone { Finish = V1.TurnFinish.End, Text = $"{name} {turn}" } });
            }

            using var client = await Playing(recorder, loop: false);
            var (mara, vex, other) = (client.Dialogue.Open("mara"), client.Dialogue.Open("vex"), client.Dialogue.Open("other"));
            await Expect.Until(() => client.Dialogue.IsOpen, "open");
            Assert.That((await vex.Say("a").WaitAsync()).Text, Is.EqualTo("vex 2"));
            Assert.That((await mara.Say("b").WaitAsync()).Text, Is.EqualTo("mara 1"));
            Assert.That((await mara.Say("c").WaitAsync()).Text, Is.EqualTo("mara 3"));
            Assert.That((await mara.Say("d").WaitAsync()).Text, Is.EqualTo("mara 1"));
            Assert.That((await vex.Say("e").WaitAsync()).Text, Is.EqualTo("vex 2"));
            Assert.That((await other.Say("f").WaitAsync()).Text, Is.EqualTo("mara 1"), "one that was not recorded");
        }

        [Test]
        public async Task PicturesAreAnsweredByTheNextRecordedResults()
        {
            var recorder = new Recorder();
            Note(recorder, BridgeStream.Recognition, new RecognizeResponse { Opened = new RecognizeOpened() });
            var result = new V1.RecognitionResult
            {
                Slot = 3, FrameIndex = 77, Kind = V1.RecognitionKind.Classify, Classifications = { new V1.Classification { Label = "cat" } },
            };
            Note(recorder, BridgeStream.Recognition, new RecognizeResponse { Result = result });
            using var client = await Playing(recorder, loop: false);
            var camera = client.Recognition.OpenSlot();
            await Expect.Until(() => client.Recognition.IsOpen, "open");
            var index = camera.TrySend(
                new CameraImage { Format = ImageFormat.Rgb24, Width = 1, Height = 1 },
                new byte[3],
                new[] { new FrameBridge.RecognitionTask { Kind = RecognitionKind.Classify, BudgetSeconds = 30 } });
            FrameBridge.RecognitionResult answer = null;
            await Expect.Until(() => camera.TryTakeResult(RecognitionKind.Classify, out answer), "the result");
            Assert.That((answer.FrameIndex, answer.Classifications[0].Label), Is.EqualTo((index, "cat")));
        }

        [Test]
        public async Task BundlesArePlayedAsTheirParts()
        {
            var recorder = new Recorder();
            Note(recorder, BridgeStream.Dialogue, new ConverseResponse { Opened = new ConverseOpened() });
            foreach (var turn in new[] { 5, 6 })
            {
                recorder.Note(BridgeStream.Dialogue, isUp: true, new ReadOnlySequence<byte>(new ConverseRequest { Say = new ConverseSay { TurnId = turn } }.ToByteArray()));
            }

            var answers = new[] { 5, 6 }.SelectMany(turn => new[]
            {
                new ConverseResponse { ConversationId = "old", TurnId = turn, Token = new TurnToken { Text = $"reply {turn}" } },
                new ConverseResponse { ConversationId = "old", TurnId = turn, Done = new TurnDone { Finish = V1.TurnFinish.End, Text = $"reply {turn}" } },
            });
            Note(recorder, BridgeStream.Dialogue, new ConverseResponse { Bundle = new Bundle { Parts = { answers.Select(one => one.ToByteString()) } } });
            NoteBundledFrames(recorder);
            using var client = await Playing(recorder, loop: true);
            var conversation = client.Dialogue.Open("new");
            await Expect.Until(() => client.Dialogue.IsOpen, "open");
            Assert.That((await conversation.Say("a").WaitAsync()).Text, Is.EqualTo("reply 5"));
            Assert.That((await conversation.Say("b").WaitAsync()).Text, Is.EqualTo("reply 6"));
            var slots = new[] { client.Avatars.OpenSlot(), client.Avatars.OpenSlot() };
            foreach (var slot in slots)
            {
                await Expect.Until(() => slot.TryTakeNewest(out var frame) && frame.FrameIndex > 10, "the recording begins anew");
            }

            Assert.That(client.Statistics.Avatar.DroppedCount + client.Statistics.Dialogue.DroppedCount, Is.EqualTo(0));
            Assert.That(client.UsesBundles, Is.False, "a recording takes requests one by one");
        }

        /// <summary>Two slots' frames, ten times, each time in one bundle.</summary>
        private static void NoteBundledFrames(Recorder recorder)
        {
            Note(recorder, BridgeStream.Avatar, new StreamAvatarResponse { Opened = new AvatarOpened() });
            for (var index = 1; index <= 10; index++)
            {
                var parts = new[] { 0, 1 }.Select(slot => new StreamAvatarResponse
                {
                    Frame = new V1.TextureFrame
                    {
                        Slot = slot, FrameIndex = index, Format = TextureFormat.Rgba32, Width = 1, Height = 1, TotalBytes = 4, Payload = ByteString.CopyFrom(1, 2, 3, 4),
                    },
                }.ToByteString());
                Note(recorder, BridgeStream.Avatar, new StreamAvatarResponse { Bundle = new Bundle { Parts = { parts } } });
            }
        }

        [Test]
        public async Task ClosingEndsItsTasks()
        {
            var client = await Playing(Frames(), loop: true);
            var slot = client.Avatars.OpenSlot();
            await Expect.Until(() => slot.TryTakeNewest(out _), "a frame");
            var states = new System.Collections.Concurrent.ConcurrentQueue<BridgeState>();
            client.StateChanged += change => states.Enqueue(change.To);
            client.Close();
            await Expect.Until(() => states.Contains(BridgeState.Closed), "told once everything is cancelled");
        }

        private static Recorder Frames()
        {
            var recorder = new Recorder();
            Note(recorder, BridgeStream.Avatar, new StreamAvatarResponse { Opened = new AvatarOpened() });
            for (var index = 1; index <= 10; index++)
            {
                var frame = new V1.TextureFrame
                {
                    FrameIndex = index, Format = TextureFormat.Rgba32, Width = 1, Height = 1, TotalBytes = 4, Payload = ByteString.CopyFrom(1, 2, 3, 4),
                };
                Note(recorder, BridgeStream.Avatar, new StreamAvatarResponse { Frame = frame });
            }

            return recorder;
        }

        private static void Note(Recorder recorder, BridgeStream stream, IMessage message) =>
            recorder.Note(stream, isUp: false, new ReadOnlySequence<byte>(message.ToByteArray()));

        private static Task<BridgeClient> Playing(Recorder recorder, bool loop)
        {
            var file = new MemoryStream();
            recorder.Save(file);
            file.Position = 0;
            var transport = new ReplayTransport(file, 1, loop);
            return Expect.Connected(new BridgeOptions { Transport = _ => transport });
        }
    }
}
