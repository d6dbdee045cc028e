using System;

namespace FrameBridge
{
    /// <summary>Reads and writes the contract's ProtocolVersion.</summary>
    internal static class VersionMessage
    {
        public static void Write(WireWriter writer, int field, int major, int minor)
        {
            var mark = writer.Length;
            writer.Number(2, minor);
            writer.Number(1, major);
            writer.Close(field, mark);
        }

        public static bool Read(ReadOnlySpan<byte> bytes, HandshakeAnswer answer)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Kind == WireKind.Varint ? reader.Field : 0)
                {
                    case 1: answer.ProtocolMajor = reader.Int32(); break;
                    case 2: answer.ProtocolMinor = reader.Int32(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
