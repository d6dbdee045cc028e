using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;

namespace FrameBridge.Tests
{
    /// <summary>Random answers with faces, meshes and masks of people, some of them not as the server makes them.</summary>
    internal static class PeopleGenerators
    {
        private const int MeshNumbers = 3 * FrameBridge.FaceMesh.PointCount;

        private static readonly Gen<float> Floats = Gen.Float[-2000, 2000];

        private static readonly Gen<V1.HeadPose> Heads =
            from floats in Floats.Array[3]
            select new V1.HeadPose { YawDegrees = floats[0], PitchDegrees = floats[1], RollDegrees = floats[2] };

        private static readonly Gen<V1.FacePoint> Points =
            from floats in Floats.Array[2]
            select new V1.FacePoint { X = floats[0], Y = floats[1] };

        private static readonly Gen<V1.Face> Faces =
            from floats in Floats.Array[5]
            from points in Points.Array[6]
            from head in Heads
            select new V1.Face
            {
                Score = floats[0],
                X = floats[1],
                Y = floats[2],
                Width = floats[3],
                Height = floats[4],
                RightEye = points[0],
                LeftEye = points[1],
                Nose = points[2],
                Mouth = points[3],
                RightEar = points[4],
                LeftEar = points[5],
                Head = head,
            };

        private static readonly Gen<V1.FaceMesh> Meshes =
            from floats in Floats.Array[5]
            from count in OneOf(MeshNumbers, MeshNumbers, 0, 7, MeshNumbers - 1, MeshNumbers + 3)
            from first in Floats
            from head in Heads
            select new V1.FaceMesh
            {
                Score = floats[0],
                X = floats[1],
                Y = floats[2],
                Width = floats[3],
                Height = floats[4],
                Points = { Enumerable.Range(0, count).Select(at => first + (0.25f * at)) },
                Head = head,
            };

        private static readonly Gen<V1.PeopleMask> Masks =
            from width in Gen.Int[0, 20]
            from height in Gen.Int[0, 20]
            from extra in OneOf(0, 0, 0, 1, 70_000)
            from coverage in Floats
            select new V1.PeopleMask
            {
                Width = width,
                Height = height,
                Coverage = coverage,
                Data = ByteString.CopyFrom(Enumerable.Range(0, (width * height) + extra).Select(at => (byte)at).ToArray()),
            };

        public static readonly Gen<RecognizeResponse> Responses =
            from faces in Faces.Array[0, 110]
            from meshes in Meshes.Array[0, 6]
            from masks in Masks.Array[0, 1]
            select new RecognizeResponse
            {
                Result = new V1.RecognitionResult { Faces = { faces }, FaceMeshes = { meshes }, People = masks.FirstOrDefault() },
            };

        private static Gen<int> OneOf(params int[] numbers) => Gen.Int[0, numbers.Length - 1].Select(at => numbers[at]);
    }
}
