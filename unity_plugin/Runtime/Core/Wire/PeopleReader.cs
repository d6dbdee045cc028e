using System;

namespace FrameBridge
{
    /// <summary>Reads faces, face meshes and masks of people.</summary>
    internal static class PeopleReader
    {
        private const int MeshNumbers = 3; // of a point
        private const int FirstPoint = 6; // field of a face: right eye
        private const int LastPoint = 11; // left ear

        /// <summary>Reads a Face; false if malformed.</summary>
        public static bool ReadFace(ReadOnlySpan<byte> bytes, PeopleAnswers into)
        {
            var face = default(Face);
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Kind == WireKind.Bytes && reader.Field >= FirstPoint && reader.Field <= LastPoint)
                {
                    whole = ReadPoint(reader.Bytes(), ref PointOf(ref face, reader.Field));
                }
                else if (reader.Is(12, WireKind.Bytes))
                {
                    whole = ReadHead(reader.Bytes(), ref face.Head);
                }
                else if (reader.Kind == WireKind.Fixed32)
                {
                    ReadPlace(ref reader, ref face.Score, ref face.X, ref face.Y, ref face.Width, ref face.Height);
                }
                else
                {
                    reader.Skip();
                }
            }

            whole &= !reader.Failed;
            if (whole)
            {
                into.Add(face);
            }

            return whole;
        }

        /// <summary>
        /// Reads a FaceMesh; false if malformed. One with another number of points is left out: nobody could use it.
        /// </summary>
        public static bool ReadMesh(ReadOnlySpan<byte> bytes, PeopleAnswers into)
        {
            var mesh = default(FaceMesh);
            var points = into.NextPoints();
            var numbers = 0;
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Field == 6 && (reader.Kind == WireKind.Bytes || reader.Kind == WireKind.Fixed32))
                {
                    whole = ReadNumbers(ref reader, points, ref numbers);
                }
                else if (reader.Is(7, WireKind.Bytes))
                {
                    whole = ReadHead(reader.Bytes(), ref mesh.Head);
                }
                else if (reader.Kind == WireKind.Fixed32)
                {
                    ReadPlace(ref reader, ref mesh.Score, ref mesh.X, ref mesh.Y, ref mesh.Width, ref mesh.Height);
                }
                else
                {
                    reader.Skip();
                }
            }

            whole &= !reader.Failed;
            if (whole && points.Length > 0 && numbers == MeshNumbers * points.Length)
            {
                into.Add(mesh);
            }

            return whole;
        }

        /// <summary>Reads a PeopleMask; false if malformed.</summary>
        public static bool ReadMask(ReadOnlySpan<byte> bytes, PeopleAnswers into)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    into.Mask.Width = reader.Int32();
                }
                else if (reader.Is(2, WireKind.Varint))
                {
                    into.Mask.Height = reader.Int32();
                }
                else if (reader.Is(3, WireKind.Fixed32))
                {
                    into.Mask.Coverage = reader.Single();
                }
                else if (reader.Is(15, WireKind.Bytes))
                {
                    into.Keep(reader.Bytes());
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private static ref FacePoint PointOf(ref Face face, int field)
        {
            switch (field)
            {
                case 6: return ref face.RightEye;
                case 7: return ref face.LeftEye;
                case 8: return ref face.Nose;
                case 9: return ref face.Mouth;
                case 10: return ref face.RightEar;
                default: return ref face.LeftEar;
            }
        }

        private static bool ReadPoint(ReadOnlySpan<byte> bytes, ref FacePoint point)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Fixed32))
                {
                    point.X = reader.Single();
                }
                else if (reader.Is(2, WireKind.Fixed32))
                {
                    point.Y = reader.Single();
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private static bool ReadHead(ReadOnlySpan<byte> bytes, ref HeadPose head)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Fixed32))
                {
                    head.YawDegrees = reader.Single();
                }
                else if (reader.Is(2, WireKind.Fixed32))
                {
                    head.PitchDegrees = reader.Single();
                }
                else if (reader.Is(3, WireKind.Fixed32))
                {
                    head.RollDegrees = reader.Single();
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private static void ReadPlace(ref WireReader reader, ref float score, ref float x, ref float y, ref float width, ref float height)
        {
            switch (reader.Field)
            {
                case 1: score = reader.Single(); break;
                case 2: x = reader.Single(); break;
                case 3: y = reader.Single(); break;
                case 4: width = reader.Single(); break;
                case 5: height = reader.Single(); break;
                default: reader.Skip(); break;
            }
        }

        /// <summary>One number, or a packed run of them, as writers may choose. Counts those that find no room too.</summary>
        private static bool ReadNumbers(ref WireReader reader, Span<MeshPoint> points, ref int count)
        {
            if (reader.Kind == WireKind.Fixed32)
            {
                Place(reader.Single(), points, count++);
                return true;
            }

            var bytes = reader.Bytes();
            var packed = new WireReader(bytes);
            while (!packed.Failed && packed.Position < bytes.Length)
            {
                Place(packed.Single(), points, count++);
            }

            return !packed.Failed;
        }

        private static void Place(float number, Span<MeshPoint> points, int at)
        {
            if (at >= MeshNumbers * points.Length)
            {
                return;
            }

            ref var point = ref points[at / MeshNumbers];
            switch (at % MeshNumbers)
            {
                case 0: point.X = number; break;
                case 1: point.Y = number; break;
                default: point.Depth = number; break;
            }
        }
    }
}
