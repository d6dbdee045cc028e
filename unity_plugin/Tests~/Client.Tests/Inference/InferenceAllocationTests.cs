using System;
using System.IO;
using System.Linq;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Requests and results do not allocate; see <see cref="AllocationTests"/>.</summary>
    public class InferenceAllocationTests
    {
        private const int Warm = 200;
        private const int Frames = 600;
        private const int Rounds = 3;
        private const int Side = 64;
        private static readonly int[] Shape = { 3, Side, Side };
        private readonly OutgoingBundle _message = new OutgoingBundle(StreamKind.Of(BridgeStream.Inference).RequestBundleField);
        private InferenceStream _stream;
        private InferenceSlot _slot;
        private TensorWriter _inputs;

        [OneTimeSetUp]
        public void Setting() => Assume.That(
            Environment.GetEnvironmentVariable("DOTNET_JitObjectStackAllocation"), Is.EqualTo("0"), "run these with DOTNET_JitObjectStackAllocation=0");

        [Test]
        public void RequestsUpAndResultsDown([Values] bool latestOnly, [Values] bool upload)
        {
            var path = Path.Combine(Path.GetTempPath(), "framebridge-" + Path.GetRandomFileName());
            File.WriteAllBytes(path, new byte[1 << 20]);
            try
            {
                Open(latestOnly, upload ? new SharedMemory { Path = path, SizeBytes = 1 << 20, Key = ByteString.CopyFrom(new byte[16]) } : null);
                var answers = Enumerable.Range(1, Warm + Frames).Select(index => Chunks(index)).ToArray();
                var at = 0;
                float sum = 0;
                var bytes = Measured(() =>
                {
                    _inputs.Prepare<float>("image", Shape).Fill(at);
                    _slot.TrySend("style", _inputs, 30);
                    DrainOutbox();
                    foreach (var chunk in answers[at++])
                    {
                        ((IStreamOwner)_stream).Receive(chunk);
                    }

                    sum += _slot.TryTakeResult(out var result) ? result.Outputs.Get<float>("image").Length + result.Outputs.ShapeOf("image")[0] : 0;
                });
                Assert.That(sum, Is.EqualTo((Warm + Frames) * ((3 * Side * Side) + 3)), "every result was taken");
                Assert.That(bytes, Is.EqualTo(0));
            }
            finally
            {
                ((IStreamOwner)_stream).Lost(null);
                File.Delete(path);
            }
        }

        [Test]
        public void Refusals([Values] bool latestOnly)
        {
            Open(latestOnly, null);
            var status = Enumerable.Range(1, Warm + Frames).Select(index => new InferResponse
            {
                Status = new InferenceStatus
                {
                    RequestIndex = index,
                    Outcome = new V1.Outcome
                    {
                        Disposition = V1.Disposition.Refused,
                        Stage = V1.Stage.Blocked,
                        BlockedBy = "dialogue",
                        Timing = new Timing { ServerMicros = 5 },
                        Error = new ErrorDetail { Reason = V1.ErrorReason.BudgetUnmeetable, Message = $"sentence {index}" },
                    },
                },
            }.ToByteArray()).ToArray();
            var (at, taken) = (0, 0);
            var bytes = Measured(() =>
            {
                _slot.TrySend("style", _inputs, 30);
                DrainOutbox();
                ((IStreamOwner)_stream).Receive(status[at++]);
                taken += _slot.TryTakeResult(out var result) && !result.IsAnswered ? 1 : 0;
            });
            Assert.That((taken, bytes), Is.EqualTo((Warm + Frames, 0L)));
        }

        private static byte[][] Chunks(long index)
        {
            var payload = new byte[3 * Side * Side * 4];
            return new[] { 0, payload.Length / 2 }.Select(offset => new InferResponse
            {
                Result = new V1.InferenceResult
                {
                    RequestIndex = index,
                    ChunkOffset = offset,
                    TotalBytes = payload.Length,
                    Timing = new Timing { ServerMicros = 900, Rung = "style.run", ModelVersion = "1" },
                    Outputs = { offset == 0 ? new[] { new Tensor { Name = "image", DataType = DataType.Float32, Shape = { 3, Side, Side } } } : Array.Empty<Tensor>() },
                    Payload = ByteString.CopyFrom(payload, offset, payload.Length / 2),
                },
            }.ToByteArray()).ToArray();
        }

        private static long Measured(TestDelegate frame)
        {
            for (var i = 0; i < Warm; i++)
            {
                frame();
            }

            var least = long.MaxValue;
            for (var round = 0; round < Rounds; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < Frames / Rounds; i++)
                {
                    frame();
                }

                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least; // what the runtime itself allocates once, as it compiles a method anew, is not a frame's
        }

        private void Open(bool latestOnly, SharedMemory upload)
        {
            var options = new BridgeOptions();
            var statistics = new BridgeStatistics().Of(FrameBridge.Capability.Inference);
            _stream = new InferenceStream(new Connection(options, _ => { }), options, statistics);
            _inputs = new TensorWriter();
            _inputs.Prepare<float>("image", Shape);
            IStreamOwner owner = _stream;
            owner.WriteOpening(new WireWriter(64, 1024), "session");
            owner.Receive(new InferResponse { Opened = new InferOpened { UploadMemory = upload } }.ToByteArray());
            owner.Opened();
            _slot = _stream.OpenSlot(latestOnly);
            Assert.That(_stream.UsesUploadMemory, Is.EqualTo(upload != null));
        }

        /// <summary>What the sending thread does, less the transport.</summary>
        private void DrainOutbox()
        {
            while (_stream.Outbox.TryTake(_message))
            {
                _message.Join();
                _message.Clear();
            }
        }
    }
}
