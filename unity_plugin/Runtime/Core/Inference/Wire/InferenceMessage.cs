using System;

namespace FrameBridge
{
    /// <summary>An InferResponse, parsed into reused fields. One thread.</summary>
    internal sealed class InferenceMessage
    {
        private readonly NameTable _names = new NameTable(512);
        private readonly int[] _sizes = new int[TensorShape.MaxRank + 1];
        private int _rank;

        public InferenceMessageKind Kind;
        public int Slot;
        public long RequestIndex;
        public Outcome Outcome;
        public long ChunkOffset;
        public long TotalBytes;
        public long RepeatedFromIndex;
        public FrameTiming Timing;
        public readonly TensorShape[] Outputs = new TensorShape[TensorReader.MaxTensors];
        public int OutputCount;
        public bool HasMore; // outputs than fit
        public SharedOffer Upload;

        /// <summary>Parses a message; false if malformed. <paramref name="payload"/> is a view of the bytes.</summary>
        public bool Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
        {
            Begin(InferenceMessageKind.None);
            payload = default;
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Kind != WireKind.Bytes || reader.Field > (int)InferenceMessageKind.Result)
                {
                    reader.Skip();
                    continue;
                }

                if (Kind != (InferenceMessageKind)reader.Field)
                {
                    Begin((InferenceMessageKind)reader.Field);
                    payload = default;
                }

                whole = ReadInner(reader.Bytes(), ref payload);
            }

            return whole && !reader.Failed;
        }

        private void Begin(InferenceMessageKind kind)
        {
            Kind = kind;
            Slot = 0;
            RequestIndex = ChunkOffset = TotalBytes = RepeatedFromIndex = 0;
            Outcome = Outcome.Unknown;
            Timing = FrameTiming.Unknown;
            OutputCount = 0;
            HasMore = false;
            Upload = default;
        }

        private bool ReadInner(ReadOnlySpan<byte> bytes, ref ReadOnlySpan<byte> payload)
        {
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                switch (Kind)
                {
                    case InferenceMessageKind.Opened: whole = ReadOpened(ref reader); break;
                    case InferenceMessageKind.Status: whole = ReadStatus(ref reader); break;
                    default: whole = ReadResult(ref reader, ref payload); break;
                }
            }

            return whole && !reader.Failed;
        }

        private bool ReadOpened(ref WireReader reader)
        {
            if (reader.Is(1, WireKind.Bytes))
            {
                return SharedOffer.Read(reader.Bytes(), ref Upload);
            }

            reader.Skip();
            return true;
        }

        private bool ReadStatus(ref WireReader reader)
        {
            if (reader.Is(3, WireKind.Bytes))
            {
                return OutcomeReader.Read(reader.Bytes(), ref Outcome, _names);
            }

            ReadNumber(ref reader, 2);
            return true;
        }

        private bool ReadResult(ref WireReader reader, ref ReadOnlySpan<byte> payload)
        {
            if (reader.Kind != WireKind.Bytes)
            {
                ReadNumber(ref reader, 7);
                return true;
            }

            switch (reader.Field)
            {
                case 3: return ReadOutput(reader.Bytes());
                case 6: return TimingReader.Read(reader.Bytes(), ref Timing, _names);
                case 15: payload = reader.Bytes(); return true;
                default: reader.Skip(); return true;
            }
        }

        private void ReadNumber(ref WireReader reader, int last)
        {
            switch (reader.Kind == WireKind.Varint && reader.Field <= last ? reader.Field : 0)
            {
                case 1: Slot = reader.Int32(); break;
                case 2: RequestIndex = reader.Int64(); break;
                case 4: ChunkOffset = reader.Int64(); break;
                case 5: TotalBytes = reader.Int64(); break;
                case 7: RepeatedFromIndex = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }

        private bool ReadOutput(ReadOnlySpan<byte> bytes)
        {
            var (name, type) = (string.Empty, 0);
            _rank = 0;
            var whole = true;
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: name = _names.Get(reader.Bytes()); break;
                    case 2 << 3 | WireKind.Varint: type = reader.Int32(); break;
                    case 3 << 3 | WireKind.Varint: AddSize(reader.Int64()); break;
                    case 3 << 3 | WireKind.Bytes: whole &= ReadSizes(reader.Bytes()); break;
                    default: reader.Skip(); break;
                }
            }

            HasMore |= OutputCount == Outputs.Length;
            if (!HasMore)
            {
                var output = Outputs[OutputCount++] ??= new TensorShape();
                output.TrySet(name, (TensorType)type, new ReadOnlySpan<int>(_sizes, 0, _rank));
            }

            return whole && !reader.Failed;
        }

        private bool ReadSizes(ReadOnlySpan<byte> packed)
        {
            var sizes = new WireReader(packed);
            while (!sizes.Failed && sizes.Position < packed.Length)
            {
                AddSize(sizes.Int64());
            }

            return !sizes.Failed;
        }

        private void AddSize(long size)
        {
            if (_rank < _sizes.Length)
            {
                _sizes[_rank++] = size < 0 || size > int.MaxValue ? -1 : (int)size;
            }
        }
    }
}
