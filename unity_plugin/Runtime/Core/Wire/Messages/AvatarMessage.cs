using System;

namespace FrameBridge
{
    /// <summary>A StreamAvatarResponse, parsed into reused fields. One thread.</summary>
    internal sealed class AvatarMessage
    {
        /// <summary>The maximum number of listed slots; a session has fewer.</summary>
        public const int MaxSlots = 1024;

        private readonly NameTable _names = new NameTable(256);

        public AvatarMessageKind Kind;
        public FrameHeader Frame;
        public AvatarReport Status;
        public readonly int[] Slots = new int[MaxSlots];
        public int SlotCount;

        /// <summary>Parses a message; false if malformed. <paramref name="payload"/> is a view of the bytes.</summary>
        public bool Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
        {
            Begin(AvatarMessageKind.None);
            payload = default;
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Kind != WireKind.Bytes || reader.Field > (int)AvatarMessageKind.Frame)
                {
                    reader.Skip();
                    continue;
                }

                if (Kind != (AvatarMessageKind)reader.Field)
                {
                    Begin((AvatarMessageKind)reader.Field);
                    payload = default;
                }

                whole = ReadInner(reader.Bytes(), ref payload);
            }

            return whole && !reader.Failed;
        }

        private void Begin(AvatarMessageKind kind)
        {
            Kind = kind;
            Frame = default;
            Frame.Timing = FrameTiming.Unknown;
            Status = default;
            Status.Outcome = Outcome.Unknown;
            SlotCount = 0;
        }

        private bool ReadInner(ReadOnlySpan<byte> bytes, ref ReadOnlySpan<byte> payload)
        {
            switch (Kind)
            {
                case AvatarMessageKind.Opened: return ReadOpened(bytes);
                case AvatarMessageKind.Status: return ReadStatus(bytes);
                default: return ReadFrame(bytes, ref payload);
            }
        }

        private bool ReadOpened(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    AddSlot(reader.Int32());
                }
                else if (reader.Is(1, WireKind.Bytes))
                {
                    if (!ReadPacked(reader.Bytes()))
                    {
                        return false;
                    }
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private bool ReadPacked(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (!reader.Failed && reader.Position < bytes.Length)
            {
                var slot = reader.Int32();
                if (!reader.Failed)
                {
                    AddSlot(slot);
                }
            }

            return !reader.Failed;
        }

        private void AddSlot(int slot)
        {
            if (SlotCount < MaxSlots)
            {
                Slots[SlotCount++] = slot;
            }
        }

        private bool ReadStatus(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    Status.Slot = reader.Int32();
                }
                else if (reader.Is(2, WireKind.Varint))
                {
                    Status.FrameIndex = reader.Int64();
                }
                else if (reader.Is(3, WireKind.Bytes))
                {
                    if (!OutcomeReader.Read(reader.Bytes(), ref Status.Outcome, _names))
                    {
                        return false;
                    }
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private bool ReadFrame(ReadOnlySpan<byte> bytes, ref ReadOnlySpan<byte> payload)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Is(15, WireKind.Bytes))
                {
                    payload = reader.Bytes();
                }
                else if (reader.Is(12, WireKind.Bytes))
                {
                    if (!TimingReader.Read(reader.Bytes(), ref Frame.Timing, _names))
                    {
                        return false;
                    }
                }
                else if (reader.Kind == WireKind.Varint)
                {
                    Number(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private void Number(ref WireReader reader)
        {
            switch (reader.Field)
            {
                case 1: Frame.Slot = reader.Int32(); break;
                case 2: Frame.FrameIndex = reader.Int64(); break;
                case 3: Frame.Format = (FrameFormat)reader.Int32(); break;
                case 4: Frame.Width = reader.Int32(); break;
                case 5: Frame.Height = reader.Int32(); break;
                case 6: Frame.RowOrder = reader.Int32(); break;
                case 7: Frame.ColorSpace = reader.Int32(); break;
                case 8: Frame.AlphaMode = reader.Int32(); break;
                case 9: Frame.Repeated = reader.Bool(); break;
                case 10: Frame.ChunkOffset = reader.Int32(); break;
                case 11: Frame.TotalBytes = reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }
    }
}
