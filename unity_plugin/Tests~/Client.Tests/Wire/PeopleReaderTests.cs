using System;
using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Faces, meshes and masks are read as the generated code reads them, and kept by a result.</summary>
    public class PeopleReaderTests
    {
        private const int MeshNumbers = 3 * FrameBridge.FaceMesh.PointCount;

        [Test]
        public void AnswersAreReadAsTheGeneratedCodeReadsThem() => PeopleGenerators.Responses.Sample(
            message =>
            {
                var read = Read(message.ToByteArray());
                var kept = new FrameBridge.RecognitionResult();
                kept.Fill(read, default);
                CheckFaces(message.Result, kept);
                CheckMeshes(message.Result, kept);
                CheckMask(message.Result, kept);
            },
            iter: 300);

        [Test]
        public void NumbersThatAreNotPackedAreTheSame()
        {
            var numbers = Enumerable.Range(0, MeshNumbers).Select(at => at / 2f).ToArray();
            var mesh = numbers.SelectMany(number => new byte[] { (6 << 3) | 5 }.Concat(BitConverter.GetBytes(number))).ToArray();
            var result = Nested(15, mesh);
            var read = Read(Nested(3, result));
            Assert.That(read.People.MeshCount, Is.EqualTo(1));
            Assert.That(read.People.Points.Take(468).SelectMany(point => new[] { point.X, point.Y, point.Depth }), Is.EqualTo(numbers));
        }

        [Test]
        public void HalfANumberIsMalformed()
        {
            var whole = new V1.FaceMesh { Points = { new float[MeshNumbers] } }.ToByteArray();
            Assert.That(new RecognitionMessage().Read(Nested(3, Nested(15, whole)), out _), Is.True);
            Assert.That(new RecognitionMessage().Read(Nested(3, Nested(15, new byte[] { (6 << 3) | 2, 6, 0, 0, 0, 0, 0, 0 })), out _), Is.False);
        }

        [Test]
        public void AnAnswerLeavesNothingInTheNextOne()
        {
            var message = new RecognitionMessage();
            var kept = new FrameBridge.RecognitionResult();
            var full = new V1.RecognitionResult
            {
                Faces = { new V1.Face { Score = 1 } },
                FaceMeshes = { new V1.FaceMesh { Points = { new float[MeshNumbers] } } },
                People = new V1.PeopleMask { Width = 2, Height = 1, Coverage = 1, Data = ByteString.CopyFrom(1, 2) },
            };
            foreach (var result in new[] { full, new V1.RecognitionResult { FrameIndex = 2 } })
            {
                Assert.That(message.Read(new RecognizeResponse { Result = result }.ToByteArray(), out var pose), Is.True);
                kept.Fill(message, pose);
                var expected = result == full ? (1, 1, 2, 2) : (0, 0, 0, 0);
                Assert.That((kept.Faces.Length, kept.FaceMeshes.Length, kept.People.Width, kept.MaskPixels.Length), Is.EqualTo(expected));
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => kept.MeshPoints(0));
        }

        private static void CheckFaces(V1.RecognitionResult expected, FrameBridge.RecognitionResult actual)
        {
            var faces = expected.Faces.Take(PeopleAnswers.MaxFaces).ToArray();
            Assert.That(actual.Faces.Length, Is.EqualTo(faces.Length));
            for (var at = 0; at < faces.Length; at++)
            {
                var (one, other) = (faces[at], actual.Faces[at]);
                Assert.That(
                    (other.Score, other.X, other.Y, other.Width, other.Height, Angles(other.Head)),
                    Is.EqualTo((one.Score, one.X, one.Y, one.Width, one.Height, Angles(one.Head))));
                Assert.That(
                    new[] { other.RightEye, other.LeftEye, other.Nose, other.Mouth, other.RightEar, other.LeftEar }.Select(point => (point.X, point.Y)),
                    Is.EqualTo(new[] { one.RightEye, one.LeftEye, one.Nose, one.Mouth, one.RightEar, one.LeftEar }.Select(point => (point.X, point.Y))));
            }
        }

        private static void CheckMeshes(V1.RecognitionResult expected, FrameBridge.RecognitionResult actual)
        {
            var meshes = expected.FaceMeshes.Where(mesh => mesh.Points.Count == MeshNumbers).Take(PeopleAnswers.MaxMeshes).ToArray();
            Assert.That(actual.FaceMeshes.Length, Is.EqualTo(meshes.Length));
            for (var at = 0; at < meshes.Length; at++)
            {
                var (one, other) = (meshes[at], actual.FaceMeshes[at]);
                Assert.That(
                    (other.Score, other.X, other.Y, other.Width, other.Height, Angles(other.Head)),
                    Is.EqualTo((one.Score, one.X, one.Y, one.Width, one.Height, Angles(one.Head))));
                var numbers = actual.MeshPoints(at).ToArray().SelectMany(point => new[] { point.X, point.Y, point.Depth });
                Assert.That(numbers.SequenceEqual(one.Points), "the points, in their order");
            }
        }

        private static void CheckMask(V1.RecognitionResult expected, FrameBridge.RecognitionResult actual)
        {
            var mask = expected.People;
            var fits = mask != null && mask.Data.Length > 0 && mask.Data.Length == mask.Width * mask.Height;
            Assert.That(actual.MaskPixels.ToArray(), Is.EqualTo(fits ? mask.Data.ToByteArray() : Array.Empty<byte>()));
            Assert.That(
                (actual.People.Width, actual.People.Height, actual.People.Coverage),
                Is.EqualTo(fits ? (mask.Width, mask.Height, mask.Coverage) : (0, 0, 0f)));
        }

        private static (float, float, float) Angles(FrameBridge.HeadPose head) => (head.YawDegrees, head.PitchDegrees, head.RollDegrees);

        private static (float, float, float) Angles(V1.HeadPose head) => (head.YawDegrees, head.PitchDegrees, head.RollDegrees);

        private static RecognitionMessage Read(byte[] bytes)
        {
            var message = Reused<RecognitionMessage>.One;
            Assert.That(message.Read(bytes, out _), Is.True);
            return message;
        }

        private static byte[] Nested(int field, byte[] inner)
        {
            using var stream = new System.IO.MemoryStream();
            using var output = new CodedOutputStream(stream);
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(inner));
            output.Flush();
            return stream.ToArray();
        }
    }
}
