using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>
    /// What a game does, against a real server: real models or quick ones that behave as they do. Plain methods, so that
    /// NUnit and the ahead-of-time program run the same.
    /// </summary>
    internal static class EndToEndSuite
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
            (nameof(APictureIsRecognised), APictureIsRecognised),
            (nameof(AReconnectionResumesTheSession), AReconnectionResumesTheSession),
            (nameof(APauseKeepsWhatWasThere), APauseKeepsWhatWasThere),
            (nameof(ARecordingPlaysWithoutAServer), ARecordingPlaysWithoutAServer),
            (nameof(ATokenIsAskedForAtEachConnection), ATokenIsAskedForAtEachConnection),
            (nameof(PingsTellTheLink), PingsTellTheLink),
        };

        public static async Task HandshakeTellsLimitsAndModels(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            Expect.Equal(BridgeState.Ready, client.State, "state");
            Expect.That(client.SessionId.Length > 0, "a session");
            Expect.That(client.Limits.MaxMessageBytes > 0, "limits");
            Expect.That(client.Formats.Count > 0 && client.Formats[0] == FrameFormat.Rgba32, "the format asked for");
            Expect.That(client.Models.Count > 0 && client.Models[0].Rungs.Count > 0, "models with rungs");
        }

        public static async Task SchemaIsGiven(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var schema = await client.GetAvatarSchemaAsync().ConfigureAwait(false);
            Expect.That(schema.Attributes.Count > 0 && schema.Expressions.Count > 0, "attributes and expressions");
        }

        public static async Task ModelsAreListedAsTheHandshakeTold(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var told = client.Models;
            var listed = await client.ListModelsAsync().ConfigureAwait(false);
            Expect.Equal(told.Count, listed.Count, "models");
            for (var i = 0; i < told.Count; i++)
            {
                Expect.Equal(
                    (told[i].Name, told[i].Capability, told[i].State, told[i].Version, told[i].ResidentBytes, string.Join(",", told[i].Rungs)),
                    (listed[i].Name, listed[i].Capability, listed[i].State, listed[i].Version, listed[i].ResidentBytes, string.Join(",", listed[i].Rungs)),
                    "model");
                Expect.Equal(told[i].RungDetails.Count, listed[i].RungDetails.Count, "rungs in detail");
            }

            Expect.That(client.Models.Count == listed.Count, "the client remembers them");
        }

        public static async Task ModelsAreToldToWhoWatches(string address)
        {
            using var transport = Handlers.Transport(Options(address));
            using var end = new CancellationTokenSource();
            var question = new HandshakeQuestion { ClientName = "watch", ClientVersion = "1", ResumeSessionId = string.Empty };
            var answer = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            await transport.EndSessionAsync(answer.SessionId, CancellationToken.None).ConfigureAwait(false);
            if (answer.ProtocolMinor < 1)
            {
                return; // an older server: it is asked for its models instead
            }

            var heard = new TaskCompletionSource<IReadOnlyList<BridgeModel>>(TaskCreationOptions.RunContinuationsAsynchronously);
            var watching = transport.WatchModelsAsync(models => heard.TrySetResult(models), end.Token);
            var told = await heard.Task.ConfigureAwait(false);
            var listed = await transport.ListModelsAsync(CancellationToken.None).ConfigureAwait(false);
            Expect.Equal(string.Join(",", System.Linq.Enumerable.Select(listed, model => model.Name)), string.Join(",", System.Linq.Enumerable.Select(told, model => model.Name)), "names");
            foreach (var model in answer.ProtocolMinor < 2 ? Array.Empty<BridgeModel>() : told)
            {
                var names = System.Linq.Enumerable.Select(model.RungDetails, rung => rung.Name);
                Expect.Equal(string.Join(",", model.Rungs), string.Join(",", names), "rungs in detail");
                Expect.That(model.Capability != Capability.Avatar || model.RungDetails[0].Width > 0, "an avatar's width");
            }

            Expect.That(!watching.IsCompleted, "it goes on");
            end.Cancel();
            try
            {
                await watching.ConfigureAwait(false);
            }
            catch (Exception thrown)
            {
                Expect.Equal(ErrorReason.Cancelled, transport.ErrorOf(thrown).Reason, "how it ends");
                return;
            }

            Expect.That(false, "it ended by itself");
        }

        public static async Task AModelIsLoaded(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var model = await client.LoadModelAsync("avatar").ConfigureAwait(false);
            Expect.Equal(("avatar", Capability.Avatar, ModelState.Ready), (model.Name, model.Capability, model.State), "model");
            Expect.That(model.Version.Length > 0 && model.Rungs.Count > 0, "version and rungs");
        }

        public static async Task AnUnknownModelIsRefusedInTheServersWords(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            try
            {
                await client.LoadModelAsync("größer").ConfigureAwait(false);
            }
            catch (BridgeException error)
            {
                Expect.Equal(ErrorReason.UnknownModel, error.Reason, "reason");
                Expect.That(error.Message.Contains("größer") && error.Message.Contains("avatar"), $"what was asked for and what there is, not: {error.Message}");
                Expect.That(!error.IsLost && client.State == BridgeState.Ready, "the connection stays");
                return;
            }

            Expect.That(false, "it was loaded");
        }

        public static async Task AnEndedSessionIsGone(string address)
        {
            using var transport = Handlers.Transport(Options(address));
            var question = new HandshakeQuestion { ClientName = "end-to-end", Formats = new[] { FrameFormat.Bc3, FrameFormat.Rgba32 } };
            var first = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            Expect.That(first.GraceMicros > 0 && first.Formats[0] == FrameFormat.Bc3, "grace time and formats");
            question.ResumeSessionId = first.SessionId;
            var second = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            Expect.Equal((true, first.SessionId), (second.Resumed, second.SessionId), "resumed");
            await transport.EndSessionAsync(first.SessionId, CancellationToken.None).ConfigureAwait(false);
            var third = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            Expect.That(!third.Resumed && third.SessionId != first.SessionId, "a new session once it was ended");
            await transport.EndSessionAsync(third.SessionId, CancellationToken.None).ConfigureAwait(false);
        }

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

        public static async Task ATurnIsCompleteAndTold(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            var turn = conversation.Say("Hello there, who are you?", Generous, Generous);
            var text = string.Empty;
            var sentences = 0;
            using var patience = new CancellationTokenSource(Expect.Patience);
            await foreach (var one in turn.EventsAsync(patience.Token).ConfigureAwait(false))
            {
                text += one.Kind == TurnEventKind.Token ? one.Text : string.Empty;
                sentences += one.Kind == TurnEventKind.Sentence ? 1 : 0;
                Expect.Equal(turn.TurnId, one.TurnId, "turn");
            }

            Expect.That(turn.Result.IsComplete, $"a whole reply, not {turn.Result.Finish}: {turn.Result.Outcome.Message}");
            Expect.Equal(turn.Result.Text.Trim(), text.Trim(), "the tokens joined");
            Expect.That(sentences > 0, "sentences");
            Expect.Equal(1, conversation.History.Count, "history");
        }

        public static async Task AnInterruptedTurnEndsAtOnce(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            var turn = conversation.Say("count 200 please, and tell me a very long story", Generous, Generous);
            turn.Interrupt();
            Expect.That(turn.IsOver, "over");
            Expect.Equal(TurnFinish.Interrupted, turn.Result.Finish, "finish");
            var next = await conversation.Say("And now?", Generous, Generous).WaitAsync().ConfigureAwait(false);
            Expect.That(next.IsComplete, $"the next turn is whole, not {next.Finish}: {next.Outcome.Message}");
        }

        public static async Task ALoopThatIsLeftEndsItsTurn(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var turn = Talk(client).Say("count 200 please, and tell me a very long story", Generous, Generous);
            await foreach (var one in turn.EventsAsync().ConfigureAwait(false))
            {
                break;
            }

            Expect.That(turn.IsOver, "over");
            Expect.Equal(TurnFinish.Interrupted, turn.Result.Finish, "finish");
            var next = await Talk(client).Say("And now?", Generous, Generous).WaitAsync().ConfigureAwait(false);
            Expect.That(next.IsComplete, $"the next turn is whole, not {next.Finish}: {next.Outcome.Message}");
            Expect.That(!next.MemoryLost, "the same server remembers");
        }

        public static async Task ANewTurnEndsTheOldOne(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            var first = conversation.Say("Tell me about the old tower.", Generous, Generous);
            var second = conversation.Say("No, about the harbour.", Generous, Generous);
            Expect.Equal(TurnFinish.Interrupted, first.Result.Finish, "the first");
            var done = await second.WaitAsync().ConfigureAwait(false);
            Expect.That(done.IsComplete, $"the second is whole, not {done.Finish}: {done.Outcome.Message}");
            while (first.TryTake(out var late))
            {
                Expect.Equal(first.TurnId, late.TurnId, "no event of another turn");
            }
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

        private static Conversation Talk(BridgeClient client)
        {
            var conversation = client.Dialogue.Open("guard");
            conversation.Persona = "You are a guard at the town's gate. Answer in one short sentence.";
            conversation.Sampling = new Sampling { MaxTokens = 24, Seed = 1 };
            return conversation;
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
