using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>What a server says of its requests is kept before they are sent: sizes, numbers, default budgets.</summary>
    public class RequestLimitTests : InferenceFixture
    {
        private const int Fields = RequestLimits.FieldsBytes;

        [TestCase(0, 0, ExpectedResult = RequestLimits.UnknownPartBytes, TestName = "AnOlderServerGetsTheSafeParts")]
        [TestCase(1 << 20, 16 << 20, ExpectedResult = 1 << 20, TestName = "APartIsAsLargeAsTheServerSays")]
        [TestCase(1000, 16 << 20, ExpectedResult = 1000, TestName = "OrAsSmall")]
        [TestCase(1 << 20, 300_000, ExpectedResult = 300_000 - Fields, TestName = "NoMessageIsLargerThanAnyMayBe")]
        [TestCase(1 << 30, 1 << 30, ExpectedResult = RequestLimits.MostPartBytes, TestName = "NorThanOurBuffers")]
        [TestCase(1 << 20, 10, ExpectedResult = 1, TestName = "AndItHasOneByteAtLeast")]
        public int PartsFit(int part, int message) =>
            new RequestLimits(new BridgeLimits { MaxInferMessageBytes = part, MaxMessageBytes = message }).PartBytes;

        [Test]
        public void WithoutAServerThereAreLimits()
        {
            Assert.That((new RequestLimits(null).PartBytes, new RequestLimits(null).MaxOpen), Is.EqualTo((RequestLimits.UnknownPartBytes, int.MaxValue)));
            Assert.Throws<BridgeException>(() => new RequestLimits(null).Check((32 << 20) + 1));
            new RequestLimits(null).Check(32 << 20);
        }

        [TestCase(1000)]
        [TestCase(1 << 20)]
        [TestCase(3 << 20)]
        public async Task PartsGoUpAsLargeAsTheServerTakes(int part)
        {
            await ConnectTo(server => server.Limits.MaxInferMessageBytes = part);
            var slot = Client.Inference.OpenSlot();
            var call = await Opened();
            var bytes = Enumerable.Range(0, (2 * part) + 7).Select(i => (byte)(i * 31)).ToArray();
            Inputs.Clear();
            Inputs.Set<byte>("y", bytes, new[] { bytes.Length });
            Assert.That(slot.TrySend("style", Inputs), Is.GreaterThan(0));
            var parts = await Heard(call, InferRequest.MessageOneofCase.Part, 2);
            var request = (await Heard(call, InferRequest.MessageOneofCase.Request))[0];
            Assert.That((request.Payload.Length, parts[0].Payload.Length, parts[1].Payload.Length), Is.EqualTo((part, part, 7)));
            Assert.That(parts.Select(one => one.Part.PartOffset), Is.EqualTo(new[] { part, 2L * part }));
            Assert.That(request.Payload.Concat(parts.SelectMany(one => one.Payload)).ToArray().AsSpan().SequenceEqual(bytes), Is.True, "the tensors' bytes");
        }

        [Test]
        public async Task MoreThanTheServerTakesIsNotSent()
        {
            await ConnectTo(server => server.Limits.MaxTensorBytes = 100);
            var slot = Client.Inference.OpenSlot();
            await Opened();
            Inputs.Prepare<byte>("y", new[] { 93 });
            var error = Assert.Throws<BridgeException>(() => slot.TrySend("style", Inputs));
            Assert.That((error.Reason, error.Message), Is.EqualTo((ErrorReason.TooLarge, "the inputs have 101 bytes; send at most 100, the server's limit (max_tensor_bytes)")));
            Inputs.Prepare<byte>("y", new[] { 92 });
            Assert.That(slot.TrySend("style", Inputs), Is.GreaterThan(0));
        }

        [Test]
        public async Task NoMoreRequestsAreOpenThanTheServerAllows()
        {
            await ConnectTo(server => server.Limits.MaxOpenInferences = 3);
            var (one, other) = (Client.Inference.OpenSlot(latestOnly: false), Client.Inference.OpenSlot());
            var call = await Opened();
            var first = one.TrySend("style", Inputs);
            Assert.That(new[] { first, one.TrySend("style", Inputs), other.TrySend("style", Inputs) }, Is.All.GreaterThan(0));
            Assert.That((one.CanSend, other.CanSend, one.TrySend("style", Inputs), other.TrySend("style", Inputs)), Is.EqualTo((false, false, 0L, 0L)));
            await Expect.Until(() => Client.Inference.FreeMessages == InferenceStream.Messages, "no buffer is lost");
            Answer(call, one.Number, first, new[] { 1f });
            await Taken(one);
            Assert.That((other.CanSend, other.TrySend("style", Inputs) > 0, one.CanSend), Is.EqualTo((true, true, false)));
            other.Close();
            Assert.That(one.CanSend, Is.True, "those of a closed slot are over");
        }

        [Test]
        public async Task NorOfSeveralThreadsAtOnce()
        {
            await ConnectTo(server => server.Limits.MaxOpenInferences = 3);
            var slots = Enumerable.Range(0, 4).Select(_ => Client.Inference.OpenSlot(latestOnly: false)).ToArray();
            var inputs = slots.Select(_ => Copy()).ToArray();
            var call = await Opened();
            for (var round = 0; round < 100; round++)
            {
                using var together = new Barrier(slots.Length);
                var sent = new long[slots.Length];
                await Task.WhenAll(slots.Select((slot, i) => Task.Factory.StartNew(
                    () =>
                    {
                        together.SignalAndWait();
                        sent[i] = slot.TrySend("style", inputs[i]);
                    },
                    TaskCreationOptions.LongRunning)));
                Assert.That(sent.Count(index => index > 0), Is.EqualTo(3));
                foreach (var (slot, index) in slots.Zip(sent).Where(one => one.Second > 0))
                {
                    Answer(call, slot.Number, index, new[] { 1f });
                    await Taken(slot);
                }
            }
        }

        private static TensorWriter Copy()
        {
            var inputs = new TensorWriter();
            inputs.Set<float>("x", new[] { 1f, 2f }, new[] { 2 });
            return inputs;
        }

        [Test]
        public async Task AnAnswerAfterTheModelsDefaultBudgetIsMissed()
        {
            await ConnectTo(server => server.Models = new[] { Model("patient", 30_000_000), Model("strict", 1) });
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened();
            foreach (var (model, budget, allowed, onTime) in new[] { ("strict", 0, 1e-6, false), ("strict", 30, 30, true), ("patient", 0, 30, true), ("other", 0, 0, true) })
            {
                var index = slot.TrySend(model, Inputs, budget);
                await Expect.Until(() => call.Heard(InferRequest.Parser).Any(one => one.Request?.RequestIndex == index), "it is sent");
                Assert.That(call.Heard(InferRequest.Parser).Last().Request.Budget.BudgetMicros, Is.EqualTo(budget * 1_000_000L), "the server has its own default");
                Answer(call, slot.Number, index, new[] { 1f });
                var result = await Taken(slot);
                Assert.That((result.IsAnswered, result.BudgetSeconds), Is.EqualTo((onTime, allowed)), model);
                Assert.That(result.Outcome.Reason, Is.EqualTo(onTime ? ErrorReason.Unspecified : ErrorReason.BudgetMissed));
            }

            Assert.That(Client.Statistics.Of(FrameBridge.Capability.Inference).LateCount, Is.EqualTo(1));
        }

        private static BridgeModel Model(string name, long budgetMicros) => new BridgeModel(
            name, FrameBridge.Capability.Inference, FrameBridge.ModelState.Ready, "1", string.Empty, null, defaultBudgetMicros: budgetMicros);
    }
}
