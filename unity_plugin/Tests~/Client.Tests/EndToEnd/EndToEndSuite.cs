using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>
    /// The calls of a game, against a real server with real or quick models. Plain methods, run by both NUnit and the
    /// ahead-of-time program.
    /// </summary>
    internal static partial class EndToEndSuite
    {
        private const double Generous = 8; // on a machine that does other things too, nothing here is about time

        public static IReadOnlyList<(string Name, Func<string, Task> Body)> All { get; } = new (string, Func<string, Task>)[]
        {
            (nameof(HandshakeTellsLimitsAndModels), HandshakeTellsLimitsAndModels),
            (nameof(SchemaIsGiven), SchemaIsGiven),
            (nameof(ModelsAreListedAsTheHandshakeTold), ModelsAreListedAsTheHandshakeTold),
            (nameof(ModelsAreToldToWhoWatches), ModelsAreToldToWhoWatches),
            (nameof(AModelIsLoaded), AModelIsLoaded),
            (nameof(AnUnknownModelIsRefusedInTheServersWords), AnUnknownModelIsRefusedInTheServersWords),
            (nameof(AnEndedSessionIsGone), AnEndedSessionIsGone),
            (nameof(AFrameIsAskedFor), AFrameIsAskedFor),
            (nameof(ASubscriptionBringsRisingFrames), ASubscriptionBringsRisingFrames),
            (nameof(EqualLooksGiveEqualPictures), EqualLooksGiveEqualPictures),
            (nameof(AWrongLookIsReported), AWrongLookIsReported),
            (nameof(ClosedSlotsAreFreeAgain), ClosedSlotsAreFreeAgain),
            (nameof(ATurnIsCompleteAndTold), ATurnIsCompleteAndTold),
            (nameof(AnInterruptedTurnEndsAtOnce), AnInterruptedTurnEndsAtOnce),
            (nameof(ALoopThatIsLeftEndsItsTurn), ALoopThatIsLeftEndsItsTurn),
            (nameof(ANewTurnEndsTheOldOne), ANewTurnEndsTheOldOne),
            (nameof(ASavedTalkGoesOnInAnotherSession), ASavedTalkGoesOnInAnotherSession),
            (nameof(AnNpcSaysWhatItsAuthorHasWritten), AnNpcSaysWhatItsAuthorHasWritten),
            (nameof(AnNpcActsAndATypedHandlerAnswers), AnNpcActsAndATypedHandlerAnswers),
            (nameof(CuttingInEndsWhatAnNpcDoes), CuttingInEndsWhatAnNpcDoes),
            (nameof(AWrongNpcIsRefusedInTheWordsOfTheCheck), AWrongNpcIsRefusedInTheWordsOfTheCheck),
            (nameof(APictureIsRecognised), APictureIsRecognised),
            (nameof(ObjectsAreFollowedAndPredicted), ObjectsAreFollowedAndPredicted),
            (nameof(FacesAndPeopleAreSeenOnceTheirModelsAreLoaded), FacesAndPeopleAreSeenOnceTheirModelsAreLoaded),
            (nameof(OwnModelsAreListed), OwnModelsAreListed),
            (nameof(TheServersLimitsAreKept), TheServersLimitsAreKept),
            (nameof(AnOwnModelAnswers), AnOwnModelAnswers),
            (nameof(LargeTensorsGoBothWays), LargeTensorsGoBothWays),
            (nameof(WhatAModelCannotTakeIsRefusedInTheServersWords), WhatAModelCannotTakeIsRefusedInTheServersWords),
            (nameof(OwnModelsAnswerAfterAReconnection), OwnModelsAnswerAfterAReconnection),
            (nameof(ARecordedModelAnswersWithoutAServer), ARecordedModelAnswersWithoutAServer),
            (nameof(AReconnectionResumesTheSession), AReconnectionResumesTheSession),
            (nameof(APauseKeepsWhatWasThere), APauseKeepsWhatWasThere),
            (nameof(ARecordingPlaysWithoutAServer), ARecordingPlaysWithoutAServer),
            (nameof(ATokenIsAskedForAtEachConnection), ATokenIsAskedForAtEachConnection),
            (nameof(PingsTellTheLink), PingsTellTheLink),
        };

        public static async Task AFrameIsAskedFor(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(7));
            var frame = await Ask(client, slot).ConfigureAwait(false);
            Expect.That(frame.Length == 4 * frame.Width * frame.Height, "the bytes of the picture");
            Expect.That(frame.BottomUp && frame.IsSrgb && frame.IsPremultiplied, "how to sample it");
            Expect.That(frame.Timing.ServerMicros > 0 && frame.Timing.Rung.Length > 0, "where the time went");
            Expect.Equal(client.SessionId, frame.SessionId, "session");
            Expect.That(client.Statistics.Avatar.InBudgetCount > 0 && client.Statistics.Avatar.ReceivedBytes > frame.Length, "statistics");
        }

        public static async Task ASubscriptionBringsRisingFrames(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(1));
            slot.Subscribe(20, Generous);
            long last = 0;
            for (var count = 0; count < 20; count++)
            {
                TextureFrame frame = default;
                await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame of the subscription").ConfigureAwait(false);
                Expect.That(frame.FrameIndex > last, "indices rise");
                last = frame.FrameIndex;
            }

            slot.Unsubscribe();
        }

        public static async Task EqualLooksGiveEqualPictures(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var one = client.Avatars.OpenSlot();
            var other = client.Avatars.OpenSlot();
            one.SetLook(new AvatarLook(3));
            other.SetLook(new AvatarLook(3));
            var first = (await Ask(client, one).ConfigureAwait(false)).Bytes.ToArray();
            var second = (await Ask(client, other).ConfigureAwait(false)).Bytes.ToArray();
            Expect.That(first.AsSpan().SequenceEqual(second), "equal pictures");
        }

        public static async Task AWrongLookIsReported(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(1, new[] { new AvatarAttribute("no such attribute", "x") }));
            AvatarReport report = default;
            await Expect.Until(() => slot.TryTakeReport(out report), "a report").ConfigureAwait(false);
            Expect.Equal(Disposition.Invalid, report.Outcome.Disposition, "disposition");
            Expect.Equal(ErrorReason.UnknownAttribute, report.Outcome.Reason, "reason");
            Expect.That(report.Outcome.Message.Length > 0, "a sentence");
        }

        public static async Task ClosedSlotsAreFreeAgain(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            for (var i = 0; i < 2 * client.Limits.MaxSlotsPerStream; i++)
            {
                client.Avatars.OpenSlot().Close();
            }

            Expect.Equal(0, client.Avatars.SlotCount, "slots in use");
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(5));
            Expect.That((await Ask(client, slot).ConfigureAwait(false)).Length > 0, "a frame");
        }

        public static async Task APictureIsRecognised(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var camera = client.Recognition.OpenSlot();
            var image = new CameraImage { Format = ImageFormat.Rgba32, Width = 64, Height = 48, BottomUp = true };
            var pixels = new byte[4 * 64 * 48];
            pixels.AsSpan().Fill(200);
            var tasks = new[]
            {
                new RecognitionTask { Kind = RecognitionKind.Detect, BudgetSeconds = Generous },
                new RecognitionTask { Kind = RecognitionKind.Classify, BudgetSeconds = Generous },
            };
            var pose = new byte[] { 1, 2, 3 };
            long index = 0;
            await Expect.Until(() => (index = camera.TrySend(image, pixels, tasks, pose)) > 0, "a picture is sent").ConfigureAwait(false);
            RecognitionResult result = null;
            await Expect.Until(() => camera.TryTakeResult(RecognitionKind.Classify, out result), "classes").ConfigureAwait(false);
            Expect.Equal(index, result.FrameIndex, "index");
            Expect.That(result.IsAnswered && result.Pose.SequenceEqual(pose), "the pose comes back");
            await Expect.Until(() => camera.TryTakeResult(RecognitionKind.Detect, out result), "boxes").ConfigureAwait(false);
            Expect.That(result.IsAnswered && result.SourceWidth == 64 && result.SourceHeight == 48, "the picture's size");
        }

        public static async Task AReconnectionResumesTheSession(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var (slot, frame) = await Subscribed(client).ConfigureAwait(false);
            client.Reconnect();
            await Expect.Until(() => client.ReconnectCount == 1 && client.State == BridgeState.Ready, "back again").ConfigureAwait(false);
            while (slot.TryTakeNewest(out frame))
            {
            }

            await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame after the reconnection").ConfigureAwait(false);
            Expect.Equal(client.SessionId, frame.SessionId, "session");
        }

        public static async Task APauseKeepsWhatWasThere(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var (slot, frame) = await Subscribed(client).ConfigureAwait(false);
            var (session, last) = (client.SessionId, frame.FrameIndex);
            client.Suspend();
            Expect.Equal(BridgeState.Offline, client.State, "state");
            Expect.That(!slot.TryTakeNewest(out frame), "no frame of before the pause is left");
            await client.ConnectAsync().ConfigureAwait(false);
            await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame after the pause").ConfigureAwait(false);
            Expect.Equal(session, frame.SessionId, "session");
            Expect.That(frame.FrameIndex > last, "indices rise");
        }

        public static async Task ARecordingPlaysWithoutAServer(string address)
        {
            var recording = new MemoryStream();
            await Record(address, recording).ConfigureAwait(false);
            recording.Position = 0;
            var options = Options("127.0.0.1:1");
            options.Transport = _ => new ReplayTransport(recording, speed: 4, loop: true);
            await using var client = await Expect.Connected(options).ConfigureAwait(false);
            var slot = client.Avatars.OpenSlot();
            slot.Subscribe(20, Generous);
            var frame = default(TextureFrame);
            await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame of the recording").ConfigureAwait(false);
            Expect.That(frame.Length == 4 * frame.Width * frame.Height, "its bytes");
            var conversation = Talk(client);
            var done = await conversation.Say("Whatever", Generous).WaitAsync().ConfigureAwait(false);
            Expect.That(done.IsComplete && done.Text.Length > 0, "the recorded reply");
        }

        public static async Task ATokenIsAskedForAtEachConnection(string address)
        {
            var asked = 0;
            var options = Options(address);
            options.TokenProvider = _ => Task.FromResult($"token-{Interlocked.Increment(ref asked)}");
            await using var client = await Expect.Connected(options).ConfigureAwait(false);
            client.Reconnect();
            await Expect.Until(() => client.ReconnectCount == 1, "back again").ConfigureAwait(false);
            Expect.Equal(2, Volatile.Read(ref asked), "tokens");
        }

        public static async Task PingsTellTheLink(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var seconds = await client.PingAsync().ConfigureAwait(false);
            Expect.That(seconds >= 0 && seconds < Expect.Patience.TotalSeconds, "a way there and back");
            Expect.That(client.LinkSeconds > 0, "the link");
        }

        private static async Task Record(string address, Stream recording)
        {
            var options = Options(address);
            options.Recorder = new Recorder(4 * 1024 * 1024);
            await using var client = await Expect.Connected(options).ConfigureAwait(false);
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(2));
            slot.Subscribe(20, Generous);
            var frames = 0;
            await Expect.Until(() => (frames += slot.TryTakeNewest(out _) ? 1 : 0) > 5, "frames").ConfigureAwait(false);
            var conversation = Talk(client);
            await conversation.Say("Good morning", Generous).WaitAsync().ConfigureAwait(false);
            options.Recorder.Save(recording);
        }

        private static async Task<(AvatarSlot Slot, TextureFrame First)> Subscribed(BridgeClient client)
        {
            var slot = client.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(9));
            slot.Subscribe(20, Generous);
            var frame = default(TextureFrame);
            await Expect.Until(() => slot.TryTakeNewest(out frame), "a frame").ConfigureAwait(false);
            return (slot, frame);
        }

        private static async Task<TextureFrame> Ask(BridgeClient client, AvatarSlot slot)
        {
            var frame = default(TextureFrame);
            await Expect.Until(() => client.Avatars.IsOpen, "the stream is open").ConfigureAwait(false);
            Expect.That(slot.Ask(Generous) > 0, "the request is sent");
            await Expect.Until(() => slot.TryTakeNewest(out frame), "the frame").ConfigureAwait(false);
            return frame;
        }

        private static BridgeOptions Options(string address) => new BridgeOptions
        {
            Address = address,
            ClientName = "end-to-end",
            Transport = Handlers.Transport,
            TimeoutSeconds = 20,
        };
    }
}
