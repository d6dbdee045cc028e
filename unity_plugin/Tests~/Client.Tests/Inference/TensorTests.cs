using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Tensors by name: writing, reading, and what they refuse.</summary>
    public class TensorTests
    {
        [Test]
        public void AValueStaysUntilItIsSetAgain()
        {
            var inputs = new TensorWriter();
            inputs.Set<float>("a", new[] { 1f, 2f }, stackalloc[] { 2 });
            inputs.Set<int>("b", new[] { 3 }, ReadOnlySpan<int>.Empty);
            inputs.Prepare<float>("a", stackalloc[] { 1, 2 })[1] = 5;
            Assert.That((inputs.Count, inputs.ByteCount), Is.EqualTo((2, 12L)));
            Assert.That(Bytes(inputs), Is.EqualTo(new[] { BitConverter.GetBytes(1f), BitConverter.GetBytes(5f), BitConverter.GetBytes(3) }.SelectMany(x => x)));
            Assert.That((inputs.Remove("a"), inputs.Remove("a"), inputs.Count), Is.EqualTo((true, false, 1)));
            Assert.That(Bytes(inputs), Is.EqualTo(BitConverter.GetBytes(3)));
            inputs.Clear();
            Assert.That((inputs.Count, inputs.ByteCount), Is.EqualTo((0, 0L)));
        }

        [Test]
        public void WhatIsNoTensorIsRefused()
        {
            var inputs = new TensorWriter();
            Assert.Throws<ArgumentException>(() => inputs.Set<float>("a", new float[5], new[] { 2, 3 }));
            Assert.Throws<ArgumentException>(() => inputs.Prepare<float>(string.Empty, new[] { 2 }));
            Assert.Throws<ArgumentException>(() => inputs.Prepare<float>("a", new[] { -1 }));
            Assert.Throws<ArgumentException>(() => inputs.Prepare<float>("a", new int[9]));
            Assert.Throws<ArgumentException>(() => inputs.Prepare<float>("a", new[] { 1 << 20, 1 << 20 }));
            Assert.Throws<ArgumentException>(() => inputs.Prepare<decimal>("a", new[] { 1 }));
            Assert.That(inputs.Count, Is.Zero, "nothing is left of them");
            for (var i = 0; i < TensorWriter.MaxTensors; i++)
            {
                inputs.Prepare<byte>($"{i}", new[] { 1 });
            }

            Assert.Throws<ArgumentException>(() => inputs.Prepare<byte>("one more", new[] { 1 }));
        }

        [Test]
        public void EachTypeHasItsFormat()
        {
            var inputs = new TensorWriter();
            inputs.Prepare<ushort>("1", new[] { 1 });
            inputs.Prepare<float>("2", new[] { 1 });
            inputs.Prepare<double>("3", new[] { 1 });
            inputs.Prepare<byte>("4", new[] { 1 });
            inputs.Prepare<sbyte>("5", new[] { 1 });
            inputs.Prepare<short>("6", new[] { 1 });
            inputs.Prepare<int>("7", new[] { 1 });
            inputs.Prepare<long>("8", new[] { 1 });
            inputs.Prepare<bool>("9", new[] { 1 });
            Assert.That(Enumerable.Range(0, 9).Select(i => (int)inputs[i].Shape.Type), Is.EqualTo(Enumerable.Range(1, 9)));
            Assert.That(Enum.GetNames(typeof(TensorType)).Select(one => one.ToLowerInvariant()), Is.EqualTo(Enum.GetNames(typeof(DataType)).Select(one => one.ToLowerInvariant())));
        }

        [Test]
        public void OutputsAreReadByName()
        {
            var reader = Read(("score", DataType.Float32, new long[] { 2 }), ("mask", DataType.Uint8, new long[] { 3, 1 }));
            Assert.That((reader.Count, reader.NameAt(1), reader.Has("mask"), reader.Has("other")), Is.EqualTo((2, "mask", true, false)));
            Assert.That(reader.TypeOf("score"), Is.EqualTo(TensorType.Float32));
            Assert.That(reader.ShapeOf("mask").ToArray(), Is.EqualTo(new[] { 3, 1 }));
            Assert.That(reader.Get<byte>("mask").ToArray(), Is.EqualTo(new byte[] { 8, 9, 10 }));
            Assert.That(reader.BytesOf("score").ToArray(), Is.EqualTo(Enumerable.Range(0, 8).Select(i => (byte)i)));
            Assert.That((reader.TryGet<float>("mask", out _), reader.TryGet<float>("score", out var values), values.Length), Is.EqualTo((false, true, 2)));
            Assert.That(Assert.Throws<KeyNotFoundException>(() => reader.Get<float>("x")).Message, Does.Contain("score, mask"));
            Assert.That(Assert.Throws<InvalidOperationException>(() => reader.Get<float>("mask")).Message, Does.Contain("UInt8"));
            Assert.Throws<ArgumentOutOfRangeException>(() => reader.NameAt(2));
        }

        [Test]
        public void NumbersAreAlignedWhateverIsBeforeThem() => Gen.Select(Gen.Int[1, 9].Array[1, 8], Gen.Int[0, 5].Array[8]).Sample((types, sizes) =>
        {
            var tensors = types.Select((type, i) => ($"{i}", (DataType)type, new long[] { sizes[i] })).ToArray();
            var reader = Read(tensors);
            byte next = 0;
            for (var i = 0; i < tensors.Length; i++)
            {
                var bytes = reader.BytesOf($"{i}");
                Assert.That(bytes.ToArray(), Is.EqualTo(Enumerable.Range(0, bytes.Length).Select(_ => next++)), $"tensor {i}");
                var offset = bytes.Length == 0 ? 0 : (int)System.Runtime.CompilerServices.Unsafe.ByteOffset(
                    ref reader.Buffer[0], ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes));
                Assert.That(offset % TensorTypes.SizeOf(reader.TypeOf($"{i}")), Is.Zero, $"tensor {i}");
            }
        });

        private static TensorReader Read(params (string Name, DataType Type, long[] Shape)[] tensors)
        {
            var response = new V1.InferenceResult { RequestIndex = 1 };
            response.Outputs.AddRange(tensors.Select(one => new Tensor { Name = one.Name, DataType = one.Type, Shape = { one.Shape } }));
            var message = new InferenceMessage();
            message.Read(new InferResponse { Result = response }.ToByteArray(), out _);
            response.TotalBytes = Enumerable.Range(0, message.OutputCount).Sum(i => message.Outputs[i].Bytes);
            response.Payload = ByteString.CopyFrom(Enumerable.Range(0, (int)response.TotalBytes).Select(i => (byte)i).ToArray());
            Assert.That(message.Read(new InferResponse { Result = response }.ToByteArray(), out var payload), Is.True);
            var reader = new FrameBridge.InferenceResult().Outputs;
            Assert.That(new ResultAssembly().Add(message, payload, reader), Is.EqualTo(ChunkResult.Complete));
            return reader;
        }

        private static IEnumerable<byte> Bytes(TensorWriter inputs) =>
            Enumerable.Range(0, inputs.Count).SelectMany(i => inputs[i].Buffer.Take((int)inputs[i].Shape.Bytes));
    }
}
