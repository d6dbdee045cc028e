using System;
using System.Buffers.Binary;

namespace FrameBridge
{
    /// <summary>The header of a message in a recording: 20 bytes, little-endian.</summary>
    internal struct RecordHeader
    {
        public const int Size = 20;

        public RecordKind Kind;
        public BridgeStream Stream;
        public int Length;
        public long Micros;
        public uint Crc;

        public static RecordHeader Read(ReadOnlySpan<byte> bytes) => new RecordHeader
        {
            Kind = (RecordKind)bytes[0],
            Stream = (BridgeStream)bytes[1],
            Length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(4)),
            Micros = BinaryPrimitives.ReadInt64LittleEndian(bytes.Slice(8)),
            Crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(16)),
        };

        public readonly void Write(Span<byte> bytes)
        {
            bytes.Slice(0, 4).Clear();
            bytes[0] = (byte)Kind;
            bytes[1] = (byte)Stream;
            BinaryPrimitives.WriteInt32LittleEndian(bytes.Slice(4), Length);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.Slice(8), Micros);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.Slice(16), Crc);
        }
    }
}
