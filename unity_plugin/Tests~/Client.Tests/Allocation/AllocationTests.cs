using System;
using System.Buffers;
using System.Linq;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>
    /// Our code does not allocate for frames, results and requests. Run with DOTNET_JitObjectStackAllocation=0, so that
    /// nothing is hidden on the stack; the tests fail if it is not set.
    /// </summary>
    public class AllocationTests
    {
        private const int Warm = 200;
        private const int Frames = 600;

        [OneTimeSetUp]
        public void Setting() => Assume.That(
            Environment.GetEnvironmentVariable("DOTNET_JitObjectStackAllocation"), Is.EqualTo("0"), "run these with DOTNET_JitObjectStackAllocation=0");

        [Test]
        public void TextureFramesFromTheWireToTheMainThread()
        {
            var world = new DetachedStreams();
            var slot = world.Avatars.OpenSlot();
            slot.SetLook(new AvatarLook(1));
            slot.Subscribe(30, 30);
            world.Open(BridgeStream.Avatar, new StreamAvatarResponse { Opened = new AvatarOpened() }.ToByteArray());
            var messages = Enumerable.Range(1, Warm + Frames).SelectMany(index => Chunks(slot.Number, index)).ToArray();
            var at = 0;
            var taken = 0;
            var bytes = Measured(() =>
            {
                world.Read(BridgeStream.Avatar, messages[at++]);
                world.Read(BridgeStream.Avatar, messages[at++]);
                if (slot.TryTakeNewest(out var frame))
                {
                    taken += frame.Length > 0 ? 1 : 0;
                }

                world.DrainOutbox(BridgeStream.Avatar);
            });
            Assert.That(taken, Is.EqualTo(Warm + Frames), "every frame was taken");
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void BundlesOfFramesDownAndOfAcknowledgementsUp()
        {
            var world = new DetachedStreams();
            var slots = new[] { world.Avatars.OpenSlot(), world.Avatars.OpenSlot(), world.Avatars.OpenSlot() };
            world.Avatars.Outbox.Use(bundles: true);
            world.Open(BridgeStream.Avatar, new StreamAvatarResponse { Opened = new AvatarOpened() }.ToByteArray());
            foreach (var slot in slots)
            {
                slot.Subscribe(60, 30);
            }

            world.DrainOutbox(BridgeStream.Avatar);
            var messages = Enumerable.Range(1, Warm + Frames).Select(index => new ReadOnlySequence<byte>(Small(slots, index))).ToArray();
            var (at, taken, sent) = (0, 0, 0);
            var bytes = Measured(() =>
            {
                world.Update.Begin((at + 1) / 60.0);
                world.ReadAvatars(messages[at++]);
                foreach (var slot in slots)
                {
                    taken += slot.TryTakeNewest(out var frame) && frame.Length > 0 ? 1 : 0;
                    slot.Ask(30);
                }

                world.Update.End();
                world.Avatars.Outbox.Flush();
                sent += world.DrainOutbox(BridgeStream.Avatar);
            });
            Assert.That(taken, Is.EqualTo(slots.Length * (Warm + Frames)), "every frame was taken");
            Assert.That(sent, Is.EqualTo(Warm + Frames), "one message a game frame");
            Assert.That(world.Statistics.ReceivedPartCount, Is.EqualTo(slots.Length * world.Statistics.ReceivedMessageCount));
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void FramesAskedForAndRefusalsAndStatistics()
        {
            var world = new DetachedStreams();
            var slot = world.Avatars.OpenSlot();
            world.Open(BridgeStream.Avatar, new StreamAvatarResponse { Opened = new AvatarOpened() }.ToByteArray());
            var outcome = new V1.Outcome
            {
                Disposition = V1.Disposition.Refused,
                Stage = V1.Stage.Blocked,
                BlockedBy = "dialogue",
                Timing = new Timing { ServerMicros = 5, Rung = "avatar.64" },
                Error = new ErrorDetail { Reason = V1.ErrorReason.BudgetUnmeetable, Message = "a sentence that differs each time" },
            };
            var status = new StreamAvatarResponse { Status = new AvatarStatus { Slot = slot.Number, FrameIndex = 1, Outcome = outcome } }.ToByteArray();
            double read = 0;
            var bytes = Measured(() =>
            {
                slot.Ask(0.05);
                world.Read(BridgeStream.Avatar, status);
                slot.TryTakeReport(out _);
                read += world.Statistics.InBudgetShare + world.Statistics.P50Seconds + world.Statistics.P99Seconds + world.Statistics.LateBy(Stage.Blocked);
                world.DrainOutbox(BridgeStream.Avatar);
            });
            Assert.That(read, Is.GreaterThan(0));
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void PicturesUpAndResultsDown()
        {
            var world = new DetachedStreams();
            var camera = world.Recognition.OpenSlot();
            world.Open(BridgeStream.Recognition, new RecognizeResponse { Opened = new RecognizeOpened() }.ToByteArray());
            var image = new CameraImage { Format = ImageFormat.Rgba32, Width = 64, Height = 64 };
            var pixels = new byte[4 * 64 * 64];
            var pose = new byte[28];
            var tasks = new[] { new FrameBridge.RecognitionTask { Kind = RecognitionKind.Detect, BudgetSeconds = 30 } };
            var results = Enumerable.Range(1, Warm + Frames).Select(index => Result(camera.Number, index)).ToArray();
            var at = 0;
            var taken = 0;
            var bytes = Measured(() =>
            {
                camera.TrySend(image, pixels, tasks, pose);
                world.DrainOutbox(BridgeStream.Recognition);
                world.Read(BridgeStream.Recognition, results[at++]);
                if (camera.TryTakeResult(RecognitionKind.Detect, out var result))
                {
                    taken += result.Detections.Length;
                }
            });
            Assert.That(taken, Is.EqualTo(Warm + Frames));
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void FramesWithoutAPictureUpAndTracksDown()
        {
            var world = new DetachedStreams();
            var camera = world.Recognition.OpenSlot();
            world.Open(BridgeStream.Recognition, new RecognizeResponse { Opened = new RecognizeOpened() }.ToByteArray());
            var task = new FrameBridge.RecognitionTask { Kind = RecognitionKind.Track, BudgetSeconds = 30 };
            var pose = new byte[28];
            var results = Enumerable.Range(1, Warm + Frames).Select(index => Tracked(camera.Number, index)).ToArray();
            var at = 0;
            var ids = 0L;
            var bytes = Measured(() =>
            {
                camera.TryPredict(task, pose);
                world.DrainOutbox(BridgeStream.Recognition);
                world.Read(BridgeStream.Recognition, results[at++]);
                if (camera.TryTakeResult(RecognitionKind.Track, out var result))
                {
                    ids += result.Detections[0].TrackId;
                }
            });
            Assert.That(ids, Is.EqualTo(9 * (Warm + Frames)));
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void FacesMeshesAndMasksDown()
        {
            var world = new DetachedStreams();
            var camera = world.Recognition.OpenSlot();
            world.Open(BridgeStream.Recognition, new RecognizeResponse { Opened = new RecognizeOpened() }.ToByteArray());
            var image = new CameraImage { Format = ImageFormat.Rgba32, Width = 64, Height = 64 };
            var pixels = new byte[4 * 64 * 64];
            var kinds = new[] { RecognitionKind.Faces, RecognitionKind.FaceMesh, RecognitionKind.People };
            var tasks = kinds.Select(kind => new FrameBridge.RecognitionTask { Kind = kind, BudgetSeconds = 30 }).ToArray();
            var results = Enumerable.Range(1, Warm + Frames).Select(index => kinds.Select(kind => People(camera.Number, index, kind)).ToArray()).ToArray();
            var (at, taken) = (0, 0);
            var bytes = Measured(() =>
            {
                camera.TrySend(image, pixels, tasks);
                world.DrainOutbox(BridgeStream.Recognition);
                foreach (var message in results[at++])
                {
                    world.Read(BridgeStream.Recognition, message);
                }

                foreach (var kind in kinds)
                {
                    if (camera.TryTakeResult(kind, out var result))
                    {
                        taken += result.Faces.Length + (result.FaceMeshes.Length > 0 ? result.MeshPoints(0).Length : 0) + result.MaskPixels.Length;
                    }
                }
            });
            Assert.That(taken, Is.EqualTo((Warm + Frames) * (1 + FrameBridge.FaceMesh.PointCount + (256 * 256))));
            Assert.That(bytes, Is.EqualTo(0));
        }

        [Test]
        public void RecordingAMessage()
        {
            var recorder = new Recorder(64 * 1024);
            var message = new ReadOnlySequence<byte>(new byte[3000]);
            Assert.That(Measured(() => recorder.Note(BridgeStream.Avatar, false, message)), Is.EqualTo(0));
        }

        private static long Measured(Action frame)
        {
            for (var i = 0; i < Warm; i++)
            {
                frame();
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Frames; i++)
            {
                frame();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        private static byte[][] Chunks(int slot, long index) => new[] { 0, 8192 }.Select(offset => new StreamAvatarResponse
        {
            Frame = new V1.TextureFrame
            {
                Slot = slot,
                FrameIndex = index,
                Format = TextureFormat.Rgba32,
                Width = 64,
                Height = 64,
                ChunkOffset = offset,
                TotalBytes = 16384,
                Timing = new Timing { ServerMicros = 900, Rung = "avatar.64", ModelVersion = "1" },
                Payload = ByteString.CopyFrom(new byte[8192]),
            },
        }.ToByteArray()).ToArray();

        /// <summary>A bundle with a small frame of each slot.</summary>
        private static byte[] Small(AvatarSlot[] slots, long index)
        {
            var parts = slots.Select(slot => new StreamAvatarResponse
            {
                Frame = new V1.TextureFrame
                {
                    Slot = slot.Number,
                    FrameIndex = index,
                    Format = TextureFormat.Rgba32,
                    Width = 32,
                    Height = 32,
                    TotalBytes = 4096,
                    Timing = new Timing { ServerMicros = 900, Rung = "avatar.32", ModelVersion = "1" },
                    Payload = ByteString.CopyFrom(new byte[4096]),
                },
            }.ToByteString());
            return new StreamAvatarResponse { Bundle = new Bundle { Parts = { parts } } }.ToByteArray();
        }

        private static byte[] Tracked(int slot, long index)
        {
            var response = RecognizeResponse.Parser.ParseFrom(Result(slot, index));
            response.Result.Kind = V1.RecognitionKind.Track;
            response.Result.Detections[0].Track = new Track { Id = 9, VelocityX = 3f, VelocityY = 4f, Predicted = true, UnseenMicros = 100_000 };
            return response.ToByteArray();
        }

        private static byte[] People(int slot, long index, RecognitionKind kind)
        {
            var result = new V1.RecognitionResult { Slot = slot, FrameIndex = index, Kind = (V1.RecognitionKind)kind };
            switch (kind)
            {
                case RecognitionKind.Faces:
                    result.Faces.Add(new V1.Face { Score = 1, Nose = new V1.FacePoint { X = 3 }, Head = new V1.HeadPose { YawDegrees = 4 } });
                    break;
                case RecognitionKind.FaceMesh:
                    result.FaceMeshes.Add(new V1.FaceMesh { Score = 1, Points = { new float[3 * FrameBridge.FaceMesh.PointCount] } });
                    break;
                default:
                    result.People = new V1.PeopleMask { Width = 256, Height = 256, Data = ByteString.CopyFrom(new byte[256 * 256]) };
                    break;
            }

            return new RecognizeResponse { Result = result }.ToByteArray();
        }

        private static byte[] Result(int slot, long index) => new RecognizeResponse
        {
            Result = new V1.RecognitionResult
            {
                Slot = slot,
                FrameIndex = index,
                Kind = V1.RecognitionKind.Detect,
                SourceWidth = 64,
                SourceHeight = 64,
                Pose = ByteString.CopyFrom(new byte[28]),
                Carried = true,
                CarriedFromPose = ByteString.CopyFrom(new byte[28]),
                CarriedMicros = 100_000,
                Detections = { new V1.Detection { ClassId = 1, Label = "cat", Score = 0.5f } },
                Timing = new Timing { ServerMicros = 5, Rung = "detector.320" },
            },
        }.ToByteArray();
    }
}
