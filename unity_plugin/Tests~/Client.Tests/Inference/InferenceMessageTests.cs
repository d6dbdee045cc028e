using System;
using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Our reader reads what the generated code writes, and that reads what our writer writes.</summary>
    public class InferenceMessageTests
    {
        private static readonly byte[] Unknown = { 0xA2, 0x06, 3, 1, 2, 3, 0xA8, 0x06, 0x96, 0x01, 0xAB, 0x06, 0x08, 0x01, 0xAC, 0x06, 0xB5, 0x06, 1, 2, 3, 4 };

        [Test]
        public void MessagesAreReadAsTheGeneratedCodeReadsThem() =>
            InferenceGenerators.Responses.Sample(message => Check(message, message.ToByteArray()), iter: 2000);

        [Test]
        public void UnknownFieldsArePassedOver() =>
            InferenceGenerators.Responses.Sample(message => Check(message, message.ToByteArray().Concat(Unknown).ToArray()), iter: 300);

        [Test]
        public void DamagedMessagesNeverThrow() => Gen.Select(InferenceGenerators.Responses, Gen.Int.Array[1, 8], Gen.Double.Unit).Sample(
            (message, flips, share) =>
            {
                var bytes = message.ToByteArray();
                Array.Resize(ref bytes, (int)(bytes.Length * share));
                foreach (var flip in bytes.Length > 0 ? flips : Array.Empty<int>())
                {
                    bytes[(flip & int.MaxValue) % bytes.Length] ^= (byte)(1 << (flip & 7));
                }

                Reused<InferenceMessage>.One.Read(bytes, out _);
            },
            iter: 3000);

        [Test]
        public void SizesAreReadPackedOrNot()
        {
            var message = new InferenceMessage();
            var tensor = new byte[] { 0x0A, 1, (byte)'x', 0x10, (byte)DataType.Float32, 0x18, 3, 0x18, 4 };
            var inner = new byte[] { 0x1A, (byte)tensor.Length }.Concat(tensor).ToArray();
            Assert.That(message.Read(new byte[] { 0x1A, (byte)inner.Length }.Concat(inner).ToArray(), out _), Is.True);
            Assert.That(message.Outputs[0].Sizes.ToArray(), Is.EqualTo(new[] { 3, 4 }));
        }

        [Test]
        public void RequestsAreWrittenAsTheGeneratedCodeReadsThem() => Gen.Select(Gen.Int, Gen.Long, Gen.Int[0, 40], Gen.Long[-1, 500], Gen.Bool).Sample(
            (slot, index, payload, offset, latest) =>
            {
                var inputs = new TensorWriter();
                inputs.Set<float>("image", new[] { 1f, 2f, 3f, 4f, 5f, 6f }, stackalloc[] { 2, 3 });
                inputs.Set<byte>("mask", new byte[] { 7, 8 }, stackalloc[] { 2, 1 });
                var all = new float[] { 1, 2, 3, 4, 5, 6 }.SelectMany(BitConverter.GetBytes).Concat(new byte[] { 7, 8 }).ToArray();
                var call = new InferenceCall
                {
                    Slot = slot,
                    RequestIndex = index,
                    Model = "style",
                    Budget = new Budget { BudgetMicros = 16_600, Ladder = LadderPolicy.BestOnly },
                    LatestOnly = latest,
                    LateCount = 3,
                };
                payload = Math.Min(payload, all.Length);
                var whole = Written(writer => InferenceRequests.Request(writer, call, inputs, payload, offset));
                var request = whole.Request;
                Assert.That((request.Slot, request.RequestIndex, request.Model, request.LatestOnly), Is.EqualTo((slot, index, "style", latest)));
                Assert.That((request.LateResultCount, request.TotalBytes, request.Budget.BudgetMicros), Is.EqualTo((3L, 26L, 16_600L)));
                Assert.That(request.Inputs.Select(one => (one.Name, one.DataType)), Is.EqualTo(new[] { ("image", DataType.Float32), ("mask", DataType.Uint8) }));
                Assert.That(request.Inputs.SelectMany(one => one.Shape), Is.EqualTo(new[] { 2, 3, 2, 1 }));
                Assert.That(request.Upload?.OffsetBytes ?? -1, Is.EqualTo(offset));
                var part = Written(writer => InferenceRequests.Part(writer, call, inputs, payload, all.Length - payload));
                Assert.That((part.Part.Slot, part.Part.RequestIndex, part.Part.PartOffset), Is.EqualTo((slot, index, (long)payload)));
                Assert.That(whole.Payload.Concat(part.Payload), Is.EqualTo(all));
            });

        [Test]
        public void TheRestOfTheStream()
        {
            var open = Written(writer => InferenceRequests.Open(writer, "session", true)).Open;
            Assert.That((open.SessionId, open.WantsUploadMemory, open.SharedMemoryAttached), Is.EqualTo(("session", true, false)));
            var cancel = Written(writer => InferenceRequests.Cancel(writer, 3, 99)).Cancel;
            Assert.That((cancel.Slot, cancel.RequestIndex), Is.EqualTo((3, 99)));
            Assert.That(Written(writer => InferenceRequests.CloseSlot(writer, 4)).CloseSlot.Slot, Is.EqualTo(4));
        }

        private static InferRequest Written(Action<WireWriter> write)
        {
            var writer = new WireWriter(16, 4096);
            write(writer);
            return InferRequest.Parser.ParseFrom(writer.Written.Span);
        }

        private static void Check(InferResponse expected, byte[] bytes)
        {
            var actual = Reused<InferenceMessage>.One;
            Assert.That(actual.Read(bytes, out var payload), Is.True);
            Assert.That((int)actual.Kind, Is.EqualTo((int)expected.MessageCase));
            switch (expected.MessageCase)
            {
                case InferResponse.MessageOneofCase.Opened:
                    var offer = expected.Opened.UploadMemory;
                    Assert.That((actual.Upload.Path ?? string.Empty, actual.Upload.SizeBytes), Is.EqualTo((offer.Path, offer.SizeBytes)));
                    Assert.That(actual.Upload.Key ?? Array.Empty<byte>(), Is.EqualTo(offer.Key.ToByteArray()));
                    break;
                case InferResponse.MessageOneofCase.Status:
                    Assert.That((actual.Slot, actual.RequestIndex), Is.EqualTo((expected.Status.Slot, expected.Status.RequestIndex)));
                    Same.Outcomes(expected.Status.Outcome, actual.Outcome);
                    break;
                default:
                    CheckResult(expected.Result, actual, payload);
                    break;
            }
        }

        private static void CheckResult(V1.InferenceResult expected, InferenceMessage actual, ReadOnlySpan<byte> payload)
        {
            Assert.That((actual.Slot, actual.RequestIndex, actual.ChunkOffset), Is.EqualTo((expected.Slot, expected.RequestIndex, expected.ChunkOffset)));
            Assert.That((actual.TotalBytes, actual.RepeatedFromIndex), Is.EqualTo((expected.TotalBytes, expected.RepeatedFromIndex)));
            Same.Timings(expected.Timing, actual.Timing);
            Assert.That(payload.ToArray(), Is.EqualTo(expected.Payload.ToByteArray()));
            Assert.That(actual.HasMore, Is.EqualTo(expected.Outputs.Count > TensorReader.MaxTensors));
            Assert.That(actual.OutputCount, Is.EqualTo(Math.Min(expected.Outputs.Count, TensorReader.MaxTensors)));
            for (var i = 0; i < actual.OutputCount; i++)
            {
                CheckShape(expected.Outputs[i], actual.Outputs[i]);
            }
        }

        private static void CheckShape(Tensor expected, TensorShape actual)
        {
            var size = (int)expected.DataType switch { 1 => 2, 2 => 4, 3 => 8, 4 => 1, 5 => 1, 6 => 2, 7 => 4, 8 => 8, 9 => 1, _ => 0 };
            var fits = size > 0 && expected.Shape.Count <= 8 && expected.Shape.All(one => one >= 0 && one <= int.MaxValue);
            var bytes = fits ? expected.Shape.Aggregate((System.Numerics.BigInteger)size, (sum, one) => sum * one) : -1;
            Assert.That((actual.Name, (int)actual.Type), Is.EqualTo((expected.Name, (int)expected.DataType)));
            if (bytes >= 0 && bytes <= int.MaxValue && Partial(expected, size))
            {
                Assert.That(actual.Bytes, Is.EqualTo((long)bytes));
                Assert.That(actual.Sizes.ToArray().Select(one => (long)one), Is.EqualTo(expected.Shape));
            }
            else
            {
                Assert.That(actual.Bytes, Is.EqualTo(-1), "no result can have it");
            }
        }

        /// <summary>Whether no product of the first sizes is over 2 GiB, which a later 0 would hide.</summary>
        private static bool Partial(Tensor tensor, int size)
        {
            System.Numerics.BigInteger product = size;
            return tensor.Shape.All(one => (product *= one) <= int.MaxValue);
        }
    }
}
