using System;

namespace FrameBridge
{
    /// <summary>A RecognizeResponse, parsed into reused fields. One thread.</summary>
    internal sealed class RecognitionMessage
    {
        /// <summary>The maximum number of answers; a request may ask for 100.</summary>
        public const int MaxAnswers = 100;

        /// <summary>The maximum size of a pose in bytes.</summary>
        public const int MaxPoseBytes = 4096;

        private readonly NameTable _names = new NameTable(2048);

        public RecognitionMessageKind Kind;
        public int Slot;
        public long FrameIndex;
        public RecognitionKind Task;
        public Outcome Outcome;
        public int SourceWidth;
        public int SourceHeight;
        public bool Carried;
        public long CarriedFromIndex;
        public long CarriedMicros;
        public byte[] CarriedFromPose = Array.Empty<byte>(); // grows to the longest so far
        public int CarriedFromPoseLength;
        public FrameTiming Timing;
        public readonly Classification[] Classifications = new Classification[MaxAnswers];
        public int ClassificationCount;
        public readonly Detection[] Detections = new Detection[MaxAnswers];
        public int DetectionCount;
        public readonly PeopleAnswers People = new PeopleAnswers();

        /// <summary>Parses a message; false if malformed. <paramref name="pose"/> is a view of the bytes.</summary>
        public bool Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> pose)
        {
            Begin(RecognitionMessageKind.None);
            pose = default;
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Kind != WireKind.Bytes || reader.Field > (int)RecognitionMessageKind.Result)
                {
                    reader.Skip();
                    continue;
                }

                if (Kind != (RecognitionMessageKind)reader.Field)
                {
                    Begin((RecognitionMessageKind)reader.Field);
                    pose = default;
                }

                whole = ReadInner(reader.Bytes(), ref pose);
            }

            return whole && !reader.Failed;
        }

        private void Begin(RecognitionMessageKind kind)
        {
            Kind = kind;
            Slot = 0;
            FrameIndex = 0;
            Task = RecognitionKind.Unspecified;
            Outcome = Outcome.Unknown;
            SourceWidth = SourceHeight = 0;
            Carried = false;
            CarriedFromIndex = CarriedMicros = 0;
            CarriedFromPoseLength = 0;
            Timing = FrameTiming.Unknown;
            ClassificationCount = DetectionCount = 0;
            People.Clear();
        }

        private bool ReadInner(ReadOnlySpan<byte> bytes, ref ReadOnlySpan<byte> pose)
        {
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                switch (Kind)
                {
                    case RecognitionMessageKind.Status: whole = ReadStatus(ref reader, ref pose); break;
                    case RecognitionMessageKind.Result: whole = ReadResult(ref reader, ref pose); break;
                    default: reader.Skip(); break;
                }
            }

            return whole && !reader.Failed;
        }

        private bool ReadStatus(ref WireReader reader, ref ReadOnlySpan<byte> pose)
        {
            if (reader.Is(4, WireKind.Bytes))
            {
                return OutcomeReader.Read(reader.Bytes(), ref Outcome, _names);
            }

            if (reader.Is(5, WireKind.Bytes))
            {
                pose = reader.Bytes();
            }
            else if (reader.Kind == WireKind.Varint && reader.Field <= 3)
            {
                ReadNumber(ref reader);
            }
            else
            {
                reader.Skip();
            }

            return true;
        }

        private bool ReadResult(ref WireReader reader, ref ReadOnlySpan<byte> pose)
        {
            if (reader.Kind == WireKind.Varint)
            {
                ReadNumber(ref reader);
                return true;
            }

            if (reader.Kind != WireKind.Bytes)
            {
                reader.Skip();
                return true;
            }

            switch (reader.Field)
            {
                case 4: pose = reader.Bytes(); return true;
                case 7: return ReadClassification(reader.Bytes());
                case 8: return ReadDetection(reader.Bytes());
                case 11: return TimingReader.Read(reader.Bytes(), ref Timing, _names);
                case 12: KeepCarriedFromPose(reader.Bytes()); return true;
                case 14: return PeopleReader.ReadFace(reader.Bytes(), People);
                case 15: return PeopleReader.ReadMesh(reader.Bytes(), People);
                case 16: return PeopleReader.ReadMask(reader.Bytes(), People);
                default: reader.Skip(); return true;
            }
        }

        private void KeepCarriedFromPose(ReadOnlySpan<byte> pose)
        {
            CarriedFromPoseLength = Math.Min(pose.Length, MaxPoseBytes);
            if (CarriedFromPose.Length < CarriedFromPoseLength)
            {
                CarriedFromPose = new byte[CarriedFromPoseLength];
            }

            pose.Slice(0, CarriedFromPoseLength).CopyTo(CarriedFromPose);
        }

        private void ReadNumber(ref WireReader reader)
        {
            switch (reader.Field)
            {
                case 1: Slot = reader.Int32(); break;
                case 2: FrameIndex = reader.Int64(); break;
                case 3: Task = (RecognitionKind)reader.Int32(); break;
                case 5: SourceWidth = reader.Int32(); break;
                case 6: SourceHeight = reader.Int32(); break;
                case 9: Carried = reader.Bool(); break;
                case 10: CarriedFromIndex = reader.Int64(); break;
                case 13: CarriedMicros = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }

        private bool ReadClassification(ReadOnlySpan<byte> bytes)
        {
            var one = new Classification { Label = string.Empty };
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    one.ClassId = reader.Int32();
                }
                else if (reader.Is(2, WireKind.Bytes))
                {
                    one.Label = _names.Get(reader.Bytes());
                }
                else if (reader.Is(3, WireKind.Fixed32))
                {
                    one.Score = reader.Single();
                }
                else
                {
                    reader.Skip();
                }
            }

            if (!reader.Failed && ClassificationCount < MaxAnswers)
            {
                Classifications[ClassificationCount++] = one;
            }

            return !reader.Failed;
        }

        private bool ReadDetection(ReadOnlySpan<byte> bytes)
        {
            var one = new Detection { Label = string.Empty };
            var whole = true;
            var reader = new WireReader(bytes);
            while (whole && reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    one.ClassId = reader.Int32();
                }
                else if (reader.Is(2, WireKind.Bytes))
                {
                    one.Label = _names.Get(reader.Bytes());
                }
                else if (reader.Kind == WireKind.Fixed32)
                {
                    ReadPlace(ref reader, ref one);
                }
                else if (reader.Is(8, WireKind.Bytes))
                {
                    whole &= ReadTrack(reader.Bytes(), ref one);
                }
                else
                {
                    reader.Skip();
                }
            }

            whole &= !reader.Failed;
            if (whole && DetectionCount < MaxAnswers)
            {
                Detections[DetectionCount++] = one;
            }

            return whole;
        }

        private static bool ReadTrack(ReadOnlySpan<byte> bytes, ref Detection one)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    one.TrackId = reader.Int64();
                }
                else if (reader.Is(2, WireKind.Fixed32))
                {
                    one.VelocityX = reader.Single();
                }
                else if (reader.Is(3, WireKind.Fixed32))
                {
                    one.VelocityY = reader.Single();
                }
                else if (reader.Is(4, WireKind.Varint))
                {
                    one.Predicted = reader.Bool();
                }
                else if (reader.Is(5, WireKind.Varint))
                {
                    one.UnseenSeconds = reader.Int64() / 1e6;
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private static void ReadPlace(ref WireReader reader, ref Detection one)
        {
            switch (reader.Field)
            {
                case 3: one.Score = reader.Single(); break;
                case 4: one.X = reader.Single(); break;
                case 5: one.Y = reader.Single(); break;
                case 6: one.Width = reader.Single(); break;
                case 7: one.Height = reader.Single(); break;
                default: reader.Skip(); break;
            }
        }
    }
}
