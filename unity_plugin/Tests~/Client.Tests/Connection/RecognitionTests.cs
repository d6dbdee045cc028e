using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Pictures and results, against a server in memory.</summary>
    public class RecognitionTests
    {
        private static readonly FrameBridge.RecognitionTask[] Both =
        {
            new FrameBridge.RecognitionTask { Kind = RecognitionKind.Detect, BudgetSeconds = 30 },
            new FrameBridge.RecognitionTask { Kind = RecognitionKind.Classify, BudgetSeconds = 30 },
        };

        private static readonly CameraImage Image = new CameraImage { Format = ImageFormat.Rgba32, Width = 4, Height = 2 };
        private readonly byte[] _pixels = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        private ScriptedServer _server;
        private BridgeClient _client;
        private CameraSlot _camera;

        [SetUp]
        public async Task Connect()
        {
            _server = new ScriptedServer();
            _client = new BridgeClient(_server.Options());
            await _client.ConnectAsync();
            _camera = _client.Recognition.OpenSlot();
        }

        [TearDown]
        public void Close() => _client.Close();

        [Test]
        public async Task APictureGoesUpWithItsTasksAndPose()
        {
            var call = await Opened();
            var index = _camera.TrySend(Image, _pixels, Both, new byte[] { 7 });
            await Expect.Until(() => call.Up.Count == 2, "the picture");
            var frame = call.Heard(RecognizeRequest.Parser)[1].Frame;
            Assert.That((frame.FrameIndex, frame.Slot, frame.Tasks.Count), Is.EqualTo((index, _camera.Number, 2)));
            Assert.That(frame.Image.Data.ToByteArray(), Is.EqualTo(_pixels));
            Assert.That(frame.Pose.ToByteArray(), Is.EqualTo(new byte[] { 7 }));
        }

        [Test]
        public async Task ResultsComeWithThePoseOfTheirPicture()
        {
            var call = await Opened();
            var index = _camera.TrySend(Image, _pixels, Both, new byte[] { 7 });
            call.Say(new RecognizeResponse
            {
                Result = new V1.RecognitionResult
                {
                    Slot = _camera.Number,
                    FrameIndex = index,
                    Kind = V1.RecognitionKind.Detect,
                    Pose = ByteString.CopyFrom(7),
                    SourceWidth = 4,
                    SourceHeight = 2,
                    Detections = { new V1.Detection { ClassId = 15, Label = "cat", Score = 0.9f, X = 1, Y = 1, Width = 2, Height = 1 } },
                },
            });
            FrameBridge.RecognitionResult result = null;
            await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.Detect, out result), "boxes");
            Assert.That((result.FrameIndex, result.IsAnswered, result.SourceWidth), Is.EqualTo((index, true, 4)));
            Assert.That(result.Pose.ToArray(), Is.EqualTo(new byte[] { 7 }));
            Assert.That((result.Detections.Length, result.Detections[0].Label, result.Detections[0].Width), Is.EqualTo((1, "cat", 2f)));
            Assert.That(_camera.TryTakeResult(RecognitionKind.Detect, out _), Is.False);
            Assert.That(_camera.TryTakeResult(RecognitionKind.Classify, out _), Is.False);
        }

        [Test]
        public async Task TracksComeForPicturesAndForFramesWithoutOne()
        {
            var call = await Opened();
            var task = new FrameBridge.RecognitionTask { Kind = RecognitionKind.Track, BudgetSeconds = 30, ByAppearance = true };
            var shown = _camera.TrySend(Image, _pixels, new[] { task });
            call.Say(Tracked(shown, new Track { Id = 7, VelocityX = 12.5f, VelocityY = -3f }));
            var seen = await Taken();
            Assert.That((seen.FrameIndex, seen.IsAnswered, seen.Carried), Is.EqualTo((shown, true, false)));
            Assert.That(
                (seen.Detections[0].Label, seen.Detections[0].TrackId, seen.Detections[0].VelocityX, seen.Detections[0].VelocityY),
                Is.EqualTo(("cat", 7L, 12.5f, -3f)));
            Assert.That((seen.Detections[0].Predicted, seen.Detections[0].UnseenSeconds), Is.EqualTo((false, 0.0)));

            var asked = _camera.TryPredict(task, new byte[] { 7 });
            Assert.That(asked, Is.GreaterThan(shown));
            await Expect.Until(() => call.Up.Count == 3, "the frame");
            var frame = call.Heard(RecognizeRequest.Parser)[2].Frame;
            Assert.That((frame.FrameIndex, frame.Image, frame.Tasks.Single().ByAppearance), Is.EqualTo((asked, (V1.Image)null, true)));
            Assert.That(frame.Pose.ToByteArray(), Is.EqualTo(new byte[] { 7 }));
            call.Say(Tracked(asked, new Track { Id = 7, Predicted = true, UnseenMicros = 120_000 }));
            var predicted = await Taken();
            Assert.That(
                (predicted.Detections[0].TrackId, predicted.Detections[0].Predicted, predicted.Detections[0].UnseenSeconds),
                Is.EqualTo((7L, true, 0.12)));
        }

        [Test]
        public async Task OnlyTracksAreAskedForWithoutAPicture()
        {
            Assert.That(_camera.TryPredict(new FrameBridge.RecognitionTask { Kind = RecognitionKind.Track }), Is.Zero, "the stream is not open");
            await Opened();
            Assert.Throws<ArgumentException>(() => _camera.TryPredict(Both[0]));
            var track = new FrameBridge.RecognitionTask { Kind = RecognitionKind.Track };
            Assert.That(Assert.Throws<BridgeException>(() => _camera.TryPredict(track, new byte[4_097])).Reason, Is.EqualTo(ErrorReason.TooLarge));
            for (var sent = 0; sent < 4; sent++)
            {
                Assert.That(_camera.TryPredict(track), Is.GreaterThan(0), "no buffer was lost");
                await Expect.Until(() => _camera.CanSend, "a buffer");
            }
        }

        [Test]
        public async Task ACarriedResultTellsWhatWasSeenAndWhen()
        {
            var call = await Opened();
            foreach (var seen in new[] { new byte[] { 1, 2, 3 }, new byte[] { 4 }, new byte[0] })
            {
                var index = _camera.TrySend(Image, _pixels, Both, new byte[] { 7 });
                call.Say(new RecognizeResponse
                {
                    Result = new V1.RecognitionResult
                    {
                        Slot = _camera.Number,
                        FrameIndex = index,
                        Kind = V1.RecognitionKind.Detect,
                        Pose = ByteString.CopyFrom(7),
                        Carried = seen.Length > 0,
                        CarriedFromPose = ByteString.CopyFrom(seen),
                        CarriedMicros = seen.Length * 250_000,
                    },
                });
                FrameBridge.RecognitionResult result = null;
                await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.Detect, out result), "boxes");
                Assert.That(result.Pose.ToArray(), Is.EqualTo(new byte[] { 7 }));
                Assert.That(result.CarriedFromPose.ToArray(), Is.EqualTo(seen));
                Assert.That((result.Carried, result.CarriedSeconds), Is.EqualTo((seen.Length > 0, seen.Length * 0.25)));
            }
        }

        [Test]
        public async Task AStatusOfNoKindHoldsForAllTasks()
        {
            var call = await Opened();
            var index = _camera.TrySend(Image, _pixels, Both);
            var outcome = new V1.Outcome { Disposition = V1.Disposition.Refused, Error = new ErrorDetail { Reason = V1.ErrorReason.Overloaded }, Stage = V1.Stage.Queue };
            call.Say(new RecognizeResponse { Status = new RecognitionStatus { Slot = _camera.Number, FrameIndex = index, Outcome = outcome } });
            Assert.That(_camera.TryTakeResult(RecognitionKind.Track, out _), Is.False, "not asked for");
            foreach (var kind in new[] { RecognitionKind.Classify, RecognitionKind.Detect })
            {
                FrameBridge.RecognitionResult result = null;
                await Expect.Until(() => _camera.TryTakeResult(kind, out result), $"{kind}");
                Assert.That((result.IsAnswered, result.Outcome.Reason, result.Kind), Is.EqualTo((false, ErrorReason.Overloaded, kind)));
            }

            Assert.That(_client.Statistics.Recognition.LateBy(Stage.Queue), Is.EqualTo(2));
        }

        [Test]
        public async Task FacesMeshesAndMasksAreResultsOfTheirKinds()
        {
            var call = await Opened();
            var kinds = new[] { RecognitionKind.Faces, RecognitionKind.FaceMesh, RecognitionKind.People };
            var index = _camera.TrySend(Image, _pixels, kinds.Select(kind => new FrameBridge.RecognitionTask { Kind = kind, BudgetSeconds = 30 }).ToArray());
            foreach (var kind in kinds)
            {
                call.Say(new RecognizeResponse { Result = Seen(kind, index) });
            }

            var found = new FrameBridge.RecognitionResult[3];
            await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.Faces, out found[0]), "faces");
            await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.FaceMesh, out found[1]), "meshes");
            await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.People, out found[2]), "a mask");
            var face = found[0].Faces[0];
            Assert.That((face.Width, face.Nose.X, face.LeftEar.Y, face.Head.RollDegrees), Is.EqualTo((2f, 3f, 1f, -5f)));
            Assert.That((found[1].FaceMeshes[0].Score, found[1].MeshPoints(0)[467].Depth), Is.EqualTo((0.5f, 1403f)));
            Assert.That((found[2].People.Width, found[2].People.Coverage), Is.EqualTo((2, 0.25f)));
            Assert.That(found[2].MaskPixels.ToArray(), Is.EqualTo(new byte[] { 9, 8, 7, 6 }));
            Assert.That((found[0].MaskPixels.Length, found[1].Faces.Length, found[2].FaceMeshes.Length), Is.EqualTo((0, 0, 0)));
        }

        [Test]
        public async Task AKindThatIsNotLoadedSaysSoAndHowToLoadIt()
        {
            var call = await Opened();
            var index = _camera.TrySend(Image, _pixels, new[] { new FrameBridge.RecognitionTask { Kind = RecognitionKind.People, BudgetSeconds = 30 } });
            var error = new ErrorDetail { Reason = V1.ErrorReason.UnknownModel, Message = "model 'people' is not loaded" };
            var outcome = new V1.Outcome { Disposition = V1.Disposition.Refused, Error = error };
            call.Say(new RecognizeResponse { Status = new RecognitionStatus { Slot = _camera.Number, FrameIndex = index, Kind = V1.RecognitionKind.People, Outcome = outcome } });
            FrameBridge.RecognitionResult result = null;
            await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.People, out result), "a refusal");
            Assert.That((result.IsAnswered, result.Outcome.Reason, result.Outcome.Message), Is.EqualTo((false, ErrorReason.UnknownModel, "model 'people' is not loaded")));
        }

        [Test]
        public async Task PicturesAreSkippedWhileTheStreamIsClosed()
        {
            Assert.That((_camera.CanSend, _camera.TrySend(Image, _pixels, Both)), Is.EqualTo((false, 0L)));
            await Opened();
            Assert.That(_camera.CanSend, Is.True);
        }

        [Test]
        public async Task WhatCannotBeAPictureIsRefusedBeforeItIsCopied()
        {
            await Opened();
            Assert.Throws<ArgumentException>(() => _camera.TrySend(Image, new byte[31], Both));
            Assert.Throws<ArgumentException>(() => _camera.TrySend(Image, Array.Empty<byte>(), Both));
            Assert.Throws<ArgumentException>(() => _camera.TrySend(Image, _pixels, Array.Empty<FrameBridge.RecognitionTask>()));
            Assert.Throws<ArgumentException>(() => _camera.TrySend(Image, _pixels, new[] { Both[0], Both[0] }));
            var large = new CameraImage { Format = ImageFormat.Jpeg };
            Assert.That(Assert.Throws<BridgeException>(() => _camera.TrySend(large, new byte[100_001], Both)).Reason, Is.EqualTo(ErrorReason.TooLarge));
            Assert.That(_camera.CanSend, Is.True, "no buffer was lost");
        }

        private RecognizeResponse Tracked(long index, Track track) => new RecognizeResponse
        {
            Result = new V1.RecognitionResult
            {
                Slot = _camera.Number,
                FrameIndex = index,
                Kind = V1.RecognitionKind.Track,
                SourceWidth = 4,
                SourceHeight = 2,
                Carried = track.Predicted,
                Detections = { new V1.Detection { ClassId = 15, Label = "cat", Score = 0.9f, X = 1, Y = 1, Width = 2, Height = 1, Track = track } },
            },
        };

        private async Task<FrameBridge.RecognitionResult> Taken()
        {
            FrameBridge.RecognitionResult result = null;
            await Expect.Until(() => _camera.TryTakeResult(RecognitionKind.Track, out result), "tracks");
            return result;
        }

        private V1.RecognitionResult Seen(RecognitionKind kind, long index)
        {
            var result = new V1.RecognitionResult { Slot = _camera.Number, FrameIndex = index, Kind = (V1.RecognitionKind)kind };
            switch (kind)
            {
                case RecognitionKind.Faces:
                    var (nose, ear) = (new V1.FacePoint { X = 3 }, new V1.FacePoint { Y = 1 });
                    result.Faces.Add(new V1.Face { Width = 2, Nose = nose, LeftEar = ear, Head = new V1.HeadPose { RollDegrees = -5 } });
                    break;
                case RecognitionKind.FaceMesh:
                    result.FaceMeshes.Add(new V1.FaceMesh { Score = 0.5f, Points = { Enumerable.Range(0, 1404).Select(at => (float)at) } });
                    break;
                default:
                    result.People = new V1.PeopleMask { Width = 2, Height = 2, Coverage = 0.25f, Data = ByteString.CopyFrom(9, 8, 7, 6) };
                    break;
            }

            return result;
        }

        private async Task<ScriptedCall> Opened()
        {
            var call = await _server.Call(BridgeStream.Recognition);
            call.Say(new RecognizeResponse { Opened = new RecognizeOpened() });
            await Expect.Until(() => _client.Recognition.IsOpen, "the stream is open");
            return call;
        }
    }
}
