using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Reads and writes the contract's HandshakeResponse, from a server or in a recording.</summary>
    internal static class HandshakeMessage
    {
        private const int MostListed = 64; // capabilities and formats; there are a dozen of each

        public static void Write(WireWriter writer, HandshakeAnswer answer)
        {
            writer.Number(11, answer.Bundles ? 1 : 0);
            LimitsMessage.Write(writer, 9, answer.Limits);
            for (var i = answer.Formats.Count - 1; i >= 0; i--)
            {
                writer.NumberAlways(8, (int)answer.Formats[i]);
            }

            for (var i = answer.Models.Count - 1; i >= 0; i--)
            {
                ModelMessage.Write(writer, 7, answer.Models[i]);
            }

            for (var i = answer.Capabilities.Count - 1; i >= 0; i--)
            {
                writer.NumberAlways(6, (int)answer.Capabilities[i]);
            }

            writer.Number(5, answer.GraceMicros);
            writer.Number(4, answer.Resumed ? 1 : 0);
            writer.Text(3, answer.SessionId);
            writer.Text(2, answer.ServerVersion);
            VersionMessage.Write(writer, 1, answer.ProtocolMajor, answer.ProtocolMinor);
        }

        /// <summary>False if malformed; fields before the fault stay in the answer.</summary>
        public static bool Read(ReadOnlySpan<byte> bytes, HandshakeAnswer answer)
        {
            var formats = new List<int>();
            var models = new List<BridgeModel>();
            var capabilities = new List<int>();
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: whole = VersionMessage.Read(reader.Bytes(), answer); break;
                    case 2 << 3 | WireKind.Bytes: answer.ServerVersion = reader.Text(); break;
                    case 3 << 3 | WireKind.Bytes: answer.SessionId = reader.Text(); break;
                    case 4 << 3 | WireKind.Varint: answer.Resumed = reader.Bool(); break;
                    case 5 << 3 | WireKind.Varint: answer.GraceMicros = reader.Int64(); break;
                    case 6 << 3 | WireKind.Varint:
                    case 6 << 3 | WireKind.Bytes: reader.Numbers(capabilities, MostListed); break;
                    case 7 << 3 | WireKind.Bytes: whole = ModelMessage.ReadInto(models, reader.Bytes()); break;
                    case 8 << 3 | WireKind.Varint:
                    case 8 << 3 | WireKind.Bytes: reader.Numbers(formats, MostListed); break;
                    case 9 << 3 | WireKind.Bytes: whole = LimitsMessage.Read(reader.Bytes(), answer.Limits); break;
                    case 11 << 3 | WireKind.Varint: answer.Bundles = reader.Bool(); break;
                    default: reader.Skip(); break;
                }
            }

            answer.Formats = formats.ConvertAll(format => (FrameFormat)format);
            answer.Models = models;
            answer.Capabilities = capabilities.ConvertAll(capability => (Capability)capability);
            return whole && !reader.Failed;
        }
    }
}
