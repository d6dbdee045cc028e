using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Requests to models, and their results, against a server in memory.</summary>
    public class InferenceTests : InferenceFixture
    {
        private const int Part = RequestLimits.UnknownPartBytes;

        [Test]
        public async Task ARequestGoesUpWithItsTensors()
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened();
            var index = slot.TrySend("style", Inputs, 0.0166, LadderPolicy.BestOnly);
            var message = (await Heard(call, InferRequest.MessageOneofCase.Request))[0];
            var request = message.Request;
            Assert.That((request.Slot, request.RequestIndex, request.Model, request.LatestOnly), Is.EqualTo((slot.Number, index, "style", true)));
            Assert.That((request.Budget.BudgetMicros, request.Budget.Ladder), Is.EqualTo((16_600L, V1.LadderPolicy.BestOnly)));
            Assert.That((request.Inputs.Count, request.Inputs[0].Name, request.Inputs[0].DataType), Is.EqualTo((1, "x", DataType.Float32)));
            Assert.That(message.Payload.ToByteArray(), Is.EqualTo(new[] { 1f, 2f }.SelectMany(BitConverter.GetBytes)));
            Assert.That((call.Heard(InferRequest.Parser)[0].Open.WantsUploadMemory, slot.OpenCount), Is.EqualTo((true, 1)));
        }

        [Test]
        public async Task ALargeRequestGoesUpInParts()
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened();
            var bytes = Enumerable.Range(0, (2 * Part) + 7).Select(i => (byte)(i * 31)).ToArray();
            Inputs.Set<byte>("y", bytes, new[] { bytes.Length });
            var index = slot.TrySend("style", Inputs);
            var parts = await Heard(call, InferRequest.MessageOneofCase.Part, 2);
            var request = (await Heard(call, InferRequest.MessageOneofCase.Request))[0];
            Assert.That(request.Request.TotalBytes, Is.EqualTo(8 + bytes.Length));
            Assert.That(parts.Select(one => (one.Part.Slot, one.Part.RequestIndex, one.Part.PartOffset)), Is.EqualTo(new[] { (slot.Number, index, (long)Part), (slot.Number, index, 2L * Part) }));
            var whole = request.Payload.Concat(parts.SelectMany(one => one.Payload)).ToArray();
            Assert.That(whole.AsSpan(8).SequenceEqual(bytes), Is.True, "the tensors' bytes");
            Assert.That(call.Up.All(one => one.Length <= Part + 1024), Is.True);
        }

        [Test]
        public async Task AResultIsReadByName([Values(4, 5, 1024)] int chunk)
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened();
            for (var round = 1; round <= 3; round++)
            {
                var index = slot.TrySend("style", Inputs, 30);
                Answer(call, slot.Number, index, new[] { round, 0.5f, -1f }, chunk);
                var result = await Taken(slot);
                Assert.That((result.RequestIndex, result.IsAnswered, result.Repeated, result.BudgetSeconds), Is.EqualTo((index, true, false, 30)));
                Assert.That(result.Outputs.Get<float>("y").ToArray(), Is.EqualTo(new[] { round, 0.5f, -1f }));
                Assert.That((result.Timing.ServerMicros, result.Timing.Rung), Is.EqualTo((5L, "style.run")));
                Assert.That(slot.TryTakeResult(out _), Is.False);
            }

            Assert.That(Client.Statistics.Of(FrameBridge.Capability.Inference).InBudgetCount, Is.EqualTo(3));
        }

        [Test]
        public async Task ARepeatedResultSaysSo()
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened();
            var index = slot.TrySend("style", Inputs, 30);
            Answer(call, slot.Number, index, new[] { 1f }, change: one => one.RepeatedFromIndex = 77);
            var result = await Taken(slot);
            Assert.That((result.IsAnswered, result.Repeated, result.RepeatedFromIndex), Is.EqualTo((true, true, 77)));
            Assert.That(Client.Statistics.Of(FrameBridge.Capability.Inference).RepeatedCount, Is.EqualTo(1));
        }

        [Test]
        public async Task ARefusalTellsWhy()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var index = slot.TrySend("nothing", Inputs);
            Refuse(call, slot.Number, index, V1.Disposition.Invalid, V1.ErrorReason.UnknownModel);
            var result = await Taken(slot);
            Assert.That((result.RequestIndex, result.IsAnswered, result.Outcome.Reason, result.Outcome.Message), Is.EqualTo((index, false, ErrorReason.UnknownModel, "why")));
            Assert.That((result.Outputs.Count, slot.OpenCount), Is.EqualTo((0, 0)));
        }

        [Test]
        public async Task AnAnswerAfterItsBudgetIsMissed()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var index = slot.TrySend("style", Inputs, 1e-6);
            await Heard(call, InferRequest.MessageOneofCase.Request);
            Answer(call, slot.Number, index, new[] { 1f });
            var result = await Taken(slot);
            Assert.That((result.IsAnswered, result.Outcome.Disposition, result.Outcome.Stage), Is.EqualTo((false, Disposition.Missed, Stage.Transport)));
            Assert.That((result.Outputs.Count, result.Outcome.OverMicros > 0), Is.EqualTo((0, true)));
            slot.TrySend("style", Inputs);
            Assert.That((await Heard(call, InferRequest.MessageOneofCase.Request, 2))[1].Request.LateResultCount, Is.EqualTo(1));
        }

        [Test]
        public async Task OfALatestOnlySlotTheNewestAnswerWins()
        {
            var slot = Client.Inference.OpenSlot();
            var other = Client.Inference.OpenSlot();
            var call = await Opened();
            var sent = Enumerable.Range(0, 3).Select(_ => slot.TrySend("style", Inputs)).ToArray();
            Answer(call, slot.Number, sent[0], new[] { 0f });
            Answer(call, slot.Number, sent[1], new[] { 1f });
            Refuse(call, slot.Number, sent[2], V1.Disposition.Superseded, V1.ErrorReason.Superseded);
            await End(call, other);
            Assert.That((await Taken(slot)).Outputs.Get<float>("y")[0], Is.EqualTo(1), "the newest answer, not lost for what came after it");
            var last = await Taken(slot);
            Assert.That((last.IsAnswered, last.Outcome.Disposition), Is.EqualTo((false, Disposition.Superseded)));
        }

        [Test]
        public async Task OfAnotherSlotEveryRequestEndsInOneResult()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var sent = Enumerable.Range(0, InferenceSlot.MaxOpen).Select(_ => slot.TrySend("style", Inputs)).ToArray();
            Assert.That((sent.All(index => index > 0), slot.CanSend, slot.TrySend("style", Inputs)), Is.EqualTo((true, false, 0L)), "eight at once");
            Array.ForEach(sent.Reverse().ToArray(), index => Answer(call, slot.Number, index, new[] { (float)index }));
            await Expect.Until(() => slot.OpenCount == 0, "all are answered");
            Assert.That(slot.CanSend, Is.False, "none is taken");
            foreach (var index in sent.Reverse())
            {
                var result = await Taken(slot);
                Assert.That((result.RequestIndex, result.Outputs.Get<float>("y")[0]), Is.EqualTo((index, (float)index)));
            }

            Assert.That(slot.TrySend("style", Inputs), Is.GreaterThan(sent.Max()));
        }

        [Test]
        public async Task AStatusBetweenTheChunksOfAResultLeavesItWhole()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var (first, second) = (slot.TrySend("style", Inputs), slot.TrySend("style", Inputs));
            var isMiddle = false;
            Answer(call, slot.Number, first, new[] { 1f, 2f }, 4, _ =>
            {
                if (isMiddle)
                {
                    Refuse(call, slot.Number, second, V1.Disposition.Refused, V1.ErrorReason.Overloaded);
                }

                isMiddle = true;
            });
            Assert.That((await Taken(slot)).Outcome.Reason, Is.EqualTo(ErrorReason.Overloaded));
            Assert.That((await Taken(slot)).Outputs.Get<float>("y").ToArray(), Is.EqualTo(new[] { 1f, 2f }));
        }

        [Test]
        public async Task AResultThatDoesNotFitEndsItsRequest([Values] bool tooLong)
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var index = slot.TrySend("style", Inputs);
            Answer(call, slot.Number, index, new[] { 1f, 2f }, change: one => one.TotalBytes = tooLong ? 7 : (1L << 40));
            var result = await Taken(slot);
            Assert.That((result.IsAnswered, result.Outcome.Disposition, result.Outcome.Reason), Is.EqualTo((false, Disposition.Failed, ErrorReason.Malformed)));
            Assert.That(Client.Statistics.Of(FrameBridge.Capability.Inference).DroppedCount, Is.EqualTo(1));
        }

        [TestCase(8, TestName = "AChunkThatIsMissingEndsItsRequest")]
        [TestCase(2, TestName = "AChunkThatOverlapsEndsItsRequest")]
        public async Task AChunkOutOfSequenceEndsItsRequest(long second)
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var index = slot.TrySend("style", Inputs);
            Answer(call, slot.Number, index, new[] { 1f, 2f, 3f }, 4, one => one.ChunkOffset = one.ChunkOffset == 4 ? second : one.ChunkOffset);
            var result = await Taken(slot);
            Assert.That((result.RequestIndex, result.IsAnswered, result.Outcome.Reason), Is.EqualTo((index, false, ErrorReason.Malformed)));
            index = slot.TrySend("style", Inputs);
            Answer(call, slot.Number, index, new[] { 1f, 2f, 3f }, 4);
            Assert.That((await Taken(slot)).Outputs.Get<float>("y").ToArray(), Is.EqualTo(new[] { 1f, 2f, 3f }), "the next one is whole");
        }

        [Test]
        public async Task AnAnswerStaysUntilTheNextIsTaken()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            Answer(call, slot.Number, slot.TrySend("style", Inputs), new[] { 1f });
            var first = await Taken(slot);
            Refuse(call, slot.Number, slot.TrySend("style", Inputs), V1.Disposition.Refused, V1.ErrorReason.Overloaded);
            await Taken(slot);
            for (var i = 2; i < 6; i++)
            {
                Answer(call, slot.Number, slot.TrySend("style", Inputs), new[] { (float)i });
            }

            await Expect.Until(() => slot.OpenCount == 0, "more answers wait");
            Assert.That(first.Outputs.Get<float>("y")[0], Is.EqualTo(1f));
            Assert.That((await Taken(slot)).Outputs.Get<float>("y")[0], Is.EqualTo(2f));
        }

        [Test]
        public async Task ARequestIsWithdrawnAndASlotClosed()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            var index = slot.TrySend("style", Inputs);
            slot.Cancel(index + 1);
            slot.Cancel(index);
            var cancel = (await Heard(call, InferRequest.MessageOneofCase.Cancel))[0].Cancel;
            Assert.That((cancel.Slot, cancel.RequestIndex), Is.EqualTo((slot.Number, index)));
            slot.Close();
            slot.Close();
            await Heard(call, InferRequest.MessageOneofCase.CloseSlot);
            Answer(call, slot.Number, index, new[] { 1f });
            await End(call, Client.Inference.OpenSlot());
            Assert.That((slot.TrySend("style", Inputs), slot.TryTakeResult(out _)), Is.EqualTo((0L, false)));
            Assert.That(call.Heard(InferRequest.Parser).Count(one => one.MessageCase == InferRequest.MessageOneofCase.CloseSlot), Is.EqualTo(1));
        }

        [Test]
        public async Task WithTheConnectionOpenRequestsEnd()
        {
            var every = Client.Inference.OpenSlot(latestOnly: false);
            var latest = Client.Inference.OpenSlot();
            var call = await Opened();
            var sent = new[] { every.TrySend("style", Inputs), every.TrySend("style", Inputs) };
            latest.TrySend("style", Inputs);
            call.Break();
            foreach (var index in sent)
            {
                var result = await Taken(every);
                Assert.That((result.RequestIndex, result.Outcome.Reason), Is.EqualTo((index, ErrorReason.ConnectionLost)));
            }

            var next = await Opened(call);
            Assert.That((latest.OpenCount, latest.TryTakeResult(out _)), Is.EqualTo((0, false)));
            var again = latest.TrySend("style", Inputs);
            Assert.That(again, Is.GreaterThan(sent[1]));
            Answer(next, latest.Number, again, new[] { 4f });
            Assert.That((await Taken(latest)).Outputs.Get<float>("y")[0], Is.EqualTo(4));
        }

        [Test]
        public async Task WhatCannotBeARequestIsRefusedBeforeItIsSent()
        {
            var slot = Client.Inference.OpenSlot();
            Assert.That((slot.CanSend, slot.TrySend("style", Inputs)), Is.EqualTo((false, 0L)), "not open yet");
            await Opened();
            Assert.Throws<ArgumentException>(() => slot.TrySend(string.Empty, Inputs));
            Assert.Throws<ArgumentException>(() => slot.TrySend("style", new TensorWriter()));
            Inputs.Prepare<byte>("large", new[] { 64, Part });
            Assert.That(Assert.Throws<BridgeException>(() => slot.TrySend("style", Inputs)).Reason, Is.EqualTo(ErrorReason.TooLarge));
            Assert.Throws<BridgeException>(() => slot.TrySend(new string('x', 600_000), OneNumber()));
            Assert.That((Client.Inference.FreeMessages, slot.OpenCount), Is.EqualTo((InferenceStream.Messages, 0)), "no buffer was lost");
        }

        private static TensorWriter OneNumber()
        {
            var inputs = new TensorWriter();
            inputs.Set<float>("x", new[] { 1f }, ReadOnlySpan<int>.Empty);
            return inputs;
        }

        /// <summary>Waits until all that was said before has been read: answers come in order.</summary>
        private async Task End(ScriptedCall call, InferenceSlot other)
        {
            Answer(call, other.Number, other.TrySend("style", Inputs), new[] { 9f });
            await Taken(other);
        }
    }
}
