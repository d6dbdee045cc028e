using System;
using System.Buffers;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>What is recorded, what is left out, and damaged files.</summary>
    public class RecordingTests
    {
        [Test]
        public void WhatWentByIsReadBackInOrder() => Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Byte.Array[0, 300]).Array[0, 50].Sample(messages =>
        {
            var recorder = new Recorder(1024 * 1024, includeCameraFrames: true);
            foreach (var (stream, isUp, bytes) in messages)
            {
                recorder.Note((BridgeStream)stream, isUp, new ReadOnlySequence<byte>(bytes));
            }

            var entries = RecordingFile.Read(Saved(recorder), out _);
            Assert.That(entries.Select(one => (one.Stream, one.Kind)), Is.EqualTo(messages.Select(one => ((BridgeStream)one.Item1, one.Item2 ? RecordKind.Up : RecordKind.Down))));
            Assert.That(entries.SelectMany(one => one.Bytes), Is.EqualTo(messages.SelectMany(one => one.Item3)));
            Assert.That(entries.Select(one => one.Seconds), Is.Ordered);
        }, iter: 200);

        [Test]
        public void AFullRingKeepsTheNewestAndMarksTheGap()
        {
            var recorder = new Recorder(64 * 1024);
            for (var i = 0; i < 100; i++)
            {
                recorder.Note(BridgeStream.Avatar, isUp: false, new ReadOnlySequence<byte>(Enumerable.Repeat((byte)i, 5000).ToArray()));
            }

            Assert.That(recorder.MessageCount + recorder.DroppedCount, Is.EqualTo(100));
            var entries = RecordingFile.Read(Saved(recorder), out _);
            Assert.That(entries[0].Kind, Is.EqualTo(RecordKind.Gap));
            Assert.That(entries.Skip(1).Select(one => one.Bytes[0]), Is.EqualTo(Enumerable.Range(100 - recorder.MessageCount, recorder.MessageCount)));
        }

        [Test]
        public void AMessageLargerThanTheRingIsLeftOut()
        {
            var recorder = new Recorder(64 * 1024);
            recorder.Note(BridgeStream.Avatar, isUp: false, new ReadOnlySequence<byte>(new byte[70_000]));
            Assert.That((recorder.MessageCount, recorder.DroppedCount), Is.EqualTo((0, 1L)));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Recorder(100));
        }

        [TestCase(false)]
        [TestCase(true)]
        public void PicturesOfCamerasAreKeptOnlyWhenAskedFor(bool include)
        {
            var recorder = new Recorder(64 * 1024, include);
            var writer = new WireWriter(64, 1024);
            RecognitionRequests.Frame(writer, 0, 1, new[] { new RecognitionTask { Kind = RecognitionKind.Detect } }, 0, default, 0, default, new byte[] { 1, 2, 3 });
            recorder.Note(BridgeStream.Recognition, isUp: true, new ReadOnlySequence<byte>(writer.Written));
            var entry = RecordingFile.Read(Saved(recorder), out _).Single();
            Assert.That((entry.Kind, entry.Bytes.Length > 0), Is.EqualTo((include ? RecordKind.Up : RecordKind.CameraGap, include)));
        }

        [TestCase(false)]
        [TestCase(true)]
        public void TensorsAreKeptOnlyWhenAskedFor(bool include)
        {
            var recorder = new Recorder(64 * 1024, include);
            var inputs = new TensorWriter();
            inputs.Set<byte>("image", new byte[] { 1, 2, 3, 4 }, stackalloc[] { 4 });
            Note(recorder, writer => InferenceRequests.Request(writer, new InferenceCall { RequestIndex = 1, Model = "style" }, inputs, 2, -1));
            Note(recorder, writer => InferenceRequests.Part(writer, new InferenceCall { RequestIndex = 1 }, inputs, 2, 2));
            Note(recorder, writer => InferenceRequests.Cancel(writer, 0, 1));
            var kinds = RecordingFile.Read(Saved(recorder), out _).Select(one => one.Kind);
            Assert.That(kinds, Is.EqualTo(include ? new[] { RecordKind.Up, RecordKind.Up, RecordKind.Up } : new[] { RecordKind.CameraGap, RecordKind.Up }));
        }

        private static void Note(Recorder recorder, Action<WireWriter> write)
        {
            var writer = new WireWriter(64, 1024);
            write(writer);
            recorder.Note(BridgeStream.Inference, isUp: true, new ReadOnlySequence<byte>(writer.Written));
        }

        [Test]
        public void AZippedRecordingIsUnzipped()
        {
            var recorder = new Recorder(64 * 1024);
            recorder.Note(BridgeStream.Avatar, isUp: false, new ReadOnlySequence<byte>(new byte[] { 1, 2, 3 }));
            var zipped = new MemoryStream();
            using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            {
                recorder.Save(zip);
            }

            zipped.Position = 0;
            Assert.That(RecordingFile.Read(zipped, out _).Single().Bytes, Is.EqualTo(new byte[] { 1, 2, 3 }));
            Assert.Throws<InvalidDataException>(() => RecordingFile.Read(new MemoryStream(zipped.ToArray()[..^20]), out _));
        }

        private static BridgeModel Own
        {
            get
            {
                var x = new TensorSpec("x", TensorType.Float32, new[] { new TensorDimension(3, 3), new TensorDimension(1, 8) });
                var y = new TensorSpec("y", TensorType.UInt8, new[] { new TensorDimension(0, 0) });
                return new BridgeModel(
                    "own",
                    Capability.Inference,
                    ModelState.Ready,
                    "v",
                    string.Empty,
                    null,
                    inputs: new[] { x, new TensorSpec("keep", TensorType.Bool, null) },
                    outputs: new[] { y },
                    maxBatch: 3,
                    defaultBudgetMicros: 20_000);
            }
        }

        [Test]
        public void TheHandshakeIsKept()
        {
            var recorder = new Recorder(64 * 1024);
            recorder.NoteHandshake(new HandshakeAnswer
            {
                SessionId = "s",
                ServerVersion = "1.2",
                Formats = new[] { FrameFormat.Bc3, FrameFormat.Rgba32 },
                Capabilities = new[] { Capability.Avatar },
                Models = new[] { new BridgeModel("avatar", Capability.Avatar, ModelState.Ready, "v", "d", new[] { "avatar.64", "repeat" }), Own },
                Limits = new BridgeLimits { MaxSlotsPerStream = 9, MaxContextTokens = 77, MaxChunkBytes = 5, MaxTensorBytes = 6, MaxInferMessageBytes = 7, MaxWaitingTensorBytes = 8, MaxOpenInferences = 10 },
            });
            RecordingFile.Read(Saved(recorder), out var answer);
            Assert.That((answer.SessionId, answer.ServerVersion), Is.EqualTo(("s", "1.2")));
            Assert.That(answer.Formats, Is.EqualTo(new[] { FrameFormat.Bc3, FrameFormat.Rgba32 }));
            Assert.That(answer.Models[0].Rungs, Is.EqualTo(new[] { "avatar.64", "repeat" }));
            Assert.That((answer.Limits.MaxSlotsPerStream, answer.Limits.MaxContextTokens, answer.Limits.MaxChunkBytes), Is.EqualTo((9, 77, 5)));
            Assert.That(
                (answer.Limits.MaxTensorBytes, answer.Limits.MaxInferMessageBytes, answer.Limits.MaxWaitingTensorBytes, answer.Limits.MaxOpenInferences),
                Is.EqualTo((6, 7, 8, 10)));
            Assert.That((answer.Models[1].MaxBatch, answer.Models[1].DefaultBudgetMicros), Is.EqualTo((3, 20_000L)));
            Assert.That(answer.Models[1].Inputs.Select(one => (one.Name, one.ToString())), Is.EqualTo(new[] { ("x", "float32 [3, 1 to 8]"), ("keep", "bool []") }));
            Assert.That(answer.Models[1].Outputs.Select(one => (one.Name, one.ToString())), Is.EqualTo(new[] { ("y", "uint8 [any]") }));
        }

        [Test]
        public void DamagedFilesAreRefusedAndNothingElseHappens()
        {
            var recorder = new Recorder(64 * 1024);
            for (var i = 0; i < 5; i++)
            {
                recorder.Note(BridgeStream.Avatar, isUp: false, new ReadOnlySequence<byte>(new byte[50]));
            }

            var whole = Saved(recorder).ToArray();
            Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[1, 255]).Sample((place, change) =>
            {
                var damaged = (byte[])whole.Clone();
                damaged[place] ^= (byte)change;
                try
                {
                    RecordingFile.Read(new MemoryStream(damaged), out _);
                }
                catch (InvalidDataException)
                {
                    // The only exception allowed.
                }
            });
            foreach (var size in new[] { 0, 4, 5, 10, 24, whole.Length - 1, whole.Length - 50, whole.Length - 69 })
            {
                Assert.Throws<InvalidDataException>(() => new ReplayTransport(new MemoryStream(whole[..size])), $"cut to {size}");
            }

            whole[^1] ^= 1;
            Assert.Throws<InvalidDataException>(() => new ReplayTransport(new MemoryStream(whole)));
        }

        private static MemoryStream Saved(Recorder recorder)
        {
            var file = new MemoryStream();
            recorder.Save(file);
            file.Position = 0;
            return file;
        }
    }
}
