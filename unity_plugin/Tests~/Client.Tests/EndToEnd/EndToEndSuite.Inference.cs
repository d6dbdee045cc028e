using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Models of the operator's own: those of tests/unity/own_models.py.</summary>
    internal static partial class EndToEndSuite
    {
        /// <summary>Cases that a server of an older minor version has no answers to.</summary>
        public static IReadOnlyCollection<string> SinceMinor3 { get; } = new HashSet<string>
        {
            nameof(OwnModelsAreListed),
            nameof(AnOwnModelAnswers),
            nameof(TheServersLimitsAreKept),
            nameof(LargeTensorsGoBothWays),
            nameof(WhatAModelCannotTakeIsRefusedInTheServersWords),
            nameof(OwnModelsAnswerAfterAReconnection),
            nameof(ARecordedModelAnswersWithoutAServer),
        };

        private const int Side = 64;
        private const int LargeBytes = 2 * 1024 * 1024;
        private static readonly int[] s_picture = { 3, Side, Side };

        public static async Task OwnModelsAreListed(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var own = client.Models.Where(model => model.Capability == Capability.Inference).Select(model => model.Name).ToArray();
            Expect.That(own.Contains("invert") && own.Contains("mask"), "invert and mask, not " + string.Join(", ", own));
            var mask = client.Models.Single(model => model.Name == "mask");
            Expect.Equal("bytes uint8 [65536 to 2097152], keep bool []", string.Join(", ", mask.Inputs.Select(one => one.Name + " " + one)), "what mask takes");
            Expect.That(mask.Inputs[0].Fits(new[] { LargeBytes }) && !mask.Inputs[0].Fits(new[] { LargeBytes + 1 }), "its sizes");
            Expect.Equal(20_000_000L, mask.DefaultBudgetMicros, "its default budget");
            if (mask.State == ModelState.Ready)
            {
                Expect.Equal(1, mask.MaxBatch, "rows that share a run");
                Expect.Equal("bytes uint8", string.Join(" ", mask.Outputs.Select(one => one.Name + " " + one.Type.ToString().ToLowerInvariant())), "what it gives");
            }
        }

        public static async Task TheServersLimitsAreKept(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var limits = client.Limits;
            Expect.That(limits.MaxInferMessageBytes > 0 && limits.MaxWaitingTensorBytes >= limits.MaxTensorBytes && limits.MaxOpenInferences > 0, "limits");
            var slot = await Inference(client).ConfigureAwait(false);
            var inputs = new TensorWriter();
            inputs.Prepare<byte>("bytes", new[] { limits.MaxTensorBytes + 1 });
            var reason = ErrorReason.Unspecified;
            try
            {
                slot.TrySend("mask", inputs, Generous);
            }
            catch (BridgeException error)
            {
                reason = error.Reason;
            }

            Expect.Equal(ErrorReason.TooLarge, reason, "one byte more than the server takes");
        }

        public static async Task AnOwnModelAnswers(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = await Inference(client).ConfigureAwait(false);
            Expect.That(client.Inference.UsesUploadMemory, "client and server share memory");
            var inputs = new TensorWriter();
            for (var round = 0; round < 5; round++)
            {
                FillPicture(inputs, round);
                var index = slot.TrySend("invert", inputs, Generous);
                var result = await Result(slot).ConfigureAwait(false);
                Expect.That(result.IsAnswered, $"an answer, not {result.Outcome.Disposition}: {result.Outcome.Message}");
                Expect.Equal(index, result.RequestIndex, "index");
                CheckPicture(result, round);
                Expect.That(result.Timing.ServerMicros > 0 && result.Timing.Rung == "invert", "where the time went");
            }

            Expect.Equal(5L, client.Statistics.Of(Capability.Inference).InBudgetCount, "answers on time");
        }

        /// <summary>Some through shared memory, the others in parts as there is no room for them.</summary>
        public static async Task LargeTensorsGoBothWays(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = await Inference(client, latestOnly: false).ConfigureAwait(false);
            var inputs = new TensorWriter();
            var sent = new long[4];
            for (var i = 0; i < sent.Length; i++)
            {
                inputs.Prepare<byte>("bytes", new[] { LargeBytes - i }).Fill((byte)i);
                inputs.Set<bool>("keep", new[] { i % 2 == 0 }, ReadOnlySpan<int>.Empty);
                await Expect.Until(() => (sent[i] = slot.TrySend("mask", inputs, 4 * Generous)) > 0, "a request is sent").ConfigureAwait(false);
            }

            foreach (var _ in sent)
            {
                var result = await Result(slot).ConfigureAwait(false);
                Expect.That(result.IsAnswered, $"an answer, not {result.Outcome.Disposition}: {result.Outcome.Message}");
                var i = Array.IndexOf(sent, result.RequestIndex);
                var bytes = result.Outputs.Get<byte>("bytes").ToArray();
                Expect.Equal(LargeBytes - i, bytes.Length, "size");
                Expect.That(bytes.All(one => one == (i % 2 == 0 ? i : 255 - i)), "bytes");
            }

            Expect.That(client.Statistics.Of(Capability.Inference).SentBytes > LargeBytes, "some over the wire");
        }

        public static async Task WhatAModelCannotTakeIsRefusedInTheServersWords(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = await Inference(client, latestOnly: false).ConfigureAwait(false);
            var inputs = new TensorWriter();
            inputs.Set<float>("image", new[] { 1f }, new[] { 1 });
            foreach (var (model, reason) in new[] { ("no such model", ErrorReason.UnknownModel), ("avatar", ErrorReason.UnknownModel), ("invert", ErrorReason.OutOfRange) })
            {
                var index = slot.TrySend(model, inputs, Generous);
                var result = await Result(slot).ConfigureAwait(false);
                Expect.That(!result.IsAnswered && result.RequestIndex == index, "no answer");
                Expect.That(result.Outcome.Disposition == Disposition.Invalid, $"invalid, not {result.Outcome.Disposition}");
                Expect.That(result.Outcome.Message.Length > 0 && (model == "invert" || result.Outcome.Reason == reason), $"{model}: {result.Outcome.Reason} {result.Outcome.Message}");
            }
        }

        public static async Task OwnModelsAnswerAfterAReconnection(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var slot = await Inference(client, latestOnly: false).ConfigureAwait(false);
            var inputs = new TensorWriter();
            FillPicture(inputs, 1);
            slot.TrySend("invert", inputs, Generous);
            client.Reconnect();
            await Result(slot).ConfigureAwait(false); // an answer, or the loss of the connection
            await Expect.Until(() => client.ReconnectCount == 1 && slot.CanSend, "back again").ConfigureAwait(false);
            var index = slot.TrySend("invert", inputs, Generous);
            var result = await Result(slot).ConfigureAwait(false);
            Expect.Equal(index, result.RequestIndex, "index");
            CheckPicture(result, 1);
        }

        public static async Task ARecordedModelAnswersWithoutAServer(string address)
        {
            var recording = new MemoryStream();
            var options = Options(address);
            options.Recorder = new Recorder(4 * 1024 * 1024);
            await using (var client = await Expect.Connected(options).ConfigureAwait(false))
            {
                CheckPicture(await Ask(await Inference(client).ConfigureAwait(false), 3).ConfigureAwait(false), 3);
                options.Recorder.Save(recording);
            }

            recording.Position = 0;
            var replay = Options("127.0.0.1:1");
            replay.Transport = _ => new ReplayTransport(recording, speed: 4, loop: true);
            await using var player = await Expect.Connected(replay).ConfigureAwait(false);
            var slot = await Inference(player).ConfigureAwait(false);
            CheckPicture(await Ask(slot, 7).ConfigureAwait(false), 3);
            CheckPicture(await Ask(slot, 8).ConfigureAwait(false), 3);
        }

        private static async Task<InferenceResult> Ask(InferenceSlot slot, int round)
        {
            var inputs = new TensorWriter();
            FillPicture(inputs, round);
            Expect.That(slot.TrySend("invert", inputs, Generous) > 0, "the request is sent");
            return await Result(slot).ConfigureAwait(false);
        }

        private static void FillPicture(TensorWriter inputs, int round)
        {
            var image = inputs.Prepare<float>("image", s_picture);
            for (var i = 0; i < image.Length; i++)
            {
                image[i] = ((i * 7) + round) % 256 / 256f;
            }
        }

        private static void CheckPicture(InferenceResult result, int round)
        {
            Expect.That(result.IsAnswered, $"an answer, not {result.Outcome.Disposition}: {result.Outcome.Message}");
            Expect.That(result.Outputs.ShapeOf("image").SequenceEqual(s_picture), "shape");
            var image = result.Outputs.Get<float>("image");
            float sum = 0;
            for (var i = 0; i < image.Length; i++)
            {
                Expect.That(image[i] == 1 - (((i * 7) + round) % 256 / 256f), "numbers");
                sum += 1 - image[i];
            }

            Expect.That(Math.Abs(result.Outputs.Get<float>("mean")[0] - (sum / image.Length)) < 1e-3f, "mean");
        }

        private static async Task<InferenceSlot> Inference(BridgeClient client, bool latestOnly = true)
        {
            var slot = client.Inference.OpenSlot(latestOnly);
            await Expect.Until(() => slot.CanSend, "the stream is open").ConfigureAwait(false);
            return slot;
        }

        private static async Task<InferenceResult> Result(InferenceSlot slot)
        {
            InferenceResult result = null;
            await Expect.Until(() => slot.TryTakeResult(out result), "a result").ConfigureAwait(false);
            return result;
        }
    }
}
