using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>A handshake's answer inside a recording: the fields of the contract's HandshakeResponse that a client uses.</summary>
    internal static class HandshakeBytes
    {
        public static void Write(WireWriter writer, HandshakeAnswer answer)
        {
            Limits(writer, 9, answer.Limits);
            for (var i = answer.Formats.Count - 1; i >= 0; i--)
            {
                writer.Number(8, (int)answer.Formats[i]);
            }

            for (var i = answer.Models.Count - 1; i >= 0; i--)
            {
                Model(writer, 7, answer.Models[i]);
            }

            for (var i = answer.Capabilities.Count - 1; i >= 0; i--)
            {
                writer.Number(6, (int)answer.Capabilities[i]);
            }

            writer.Text(3, answer.SessionId);
            writer.Text(2, answer.ServerVersion);
        }

        public static bool Read(ReadOnlySpan<byte> bytes, HandshakeAnswer answer)
        {
            var formats = new List<FrameFormat>();
            var models = new List<BridgeModel>();
            var capabilities = new List<Capability>();
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 2 << 3 | WireKind.Bytes: answer.ServerVersion = Text(ref reader); break;
                    case 3 << 3 | WireKind.Bytes: answer.SessionId = Text(ref reader); break;
                    case 6 << 3 | WireKind.Varint: capabilities.Add((Capability)reader.Int32()); break;
                    case 7 << 3 | WireKind.Bytes: models.Add(ReadModel(reader.Bytes())); break;
                    case 8 << 3 | WireKind.Varint: formats.Add((FrameFormat)reader.Int32()); break;
                    case 9 << 3 | WireKind.Bytes: ReadLimits(reader.Bytes(), answer.Limits); break;
                    default: reader.Skip(); break;
                }
            }

            answer.Formats = formats;
            answer.Models = models;
            answer.Capabilities = capabilities;
            return !reader.Failed;
        }

        private static void Limits(WireWriter writer, int field, BridgeLimits limits)
        {
            var mark = writer.Length;
            writer.Number(13, limits.MaxChunkBytes);
            writer.Number(12, limits.MaxBudgetMicros);
            writer.Number(11, limits.MaxContextTokens);
            writer.Number(10, limits.MaxTextBytes);
            writer.Number(9, limits.MaxPoseBytes);
            writer.Number(8, limits.MaxUnacknowledgedFrames);
            writer.Number(7, limits.MaxConversations);
            writer.Number(6, limits.MaxSlotsPerStream);
            writer.Number(3, limits.MaxImagePixels);
            writer.Number(2, limits.MaxImageBytes);
            writer.Number(1, limits.MaxMessageBytes);
            writer.Close(field, mark);
        }

        private static void ReadLimits(ReadOnlySpan<byte> bytes, BridgeLimits limits)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Kind == WireKind.Varint ? reader.Field : 0)
                {
                    case 1: limits.MaxMessageBytes = reader.Int32(); break;
                    case 2: limits.MaxImageBytes = reader.Int32(); break;
                    case 3: limits.MaxImagePixels = reader.Int32(); break;
                    case 6: limits.MaxSlotsPerStream = reader.Int32(); break;
                    case 7: limits.MaxConversations = reader.Int32(); break;
                    case 8: limits.MaxUnacknowledgedFrames = reader.Int32(); break;
                    case 9: limits.MaxPoseBytes = reader.Int32(); break;
                    case 10: limits.MaxTextBytes = reader.Int32(); break;
                    case 11: limits.MaxContextTokens = reader.Int32(); break;
                    case 12: limits.MaxBudgetMicros = reader.Int64(); break;
                    case 13: limits.MaxChunkBytes = reader.Int32(); break;
                    default: reader.Skip(); break;
                }
            }
        }

        private static void Model(WireWriter writer, int field, BridgeModel model)
        {
            var mark = writer.Length;
            for (var i = model.Rungs.Count - 1; i >= 0; i--)
            {
                writer.TextAlways(7, model.Rungs[i]);
            }

            writer.Text(6, model.Detail);
            writer.Text(4, model.Version);
            writer.Number(3, (int)model.State);
            writer.Number(2, (int)model.Capability);
            writer.Text(1, model.Name);
            writer.Close(field, mark);
        }

        private static BridgeModel ReadModel(ReadOnlySpan<byte> bytes)
        {
            string name = null, version = null, detail = null;
            var capability = Capability.Unspecified;
            var state = ModelState.Unspecified;
            var rungs = new List<string>();
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: name = Text(ref reader); break;
                    case 2 << 3 | WireKind.Varint: capability = (Capability)reader.Int32(); break;
                    case 3 << 3 | WireKind.Varint: state = (ModelState)reader.Int32(); break;
                    case 4 << 3 | WireKind.Bytes: version = Text(ref reader); break;
                    case 6 << 3 | WireKind.Bytes: detail = Text(ref reader); break;
                    case 7 << 3 | WireKind.Bytes: rungs.Add(Text(ref reader)); break;
                    default: reader.Skip(); break;
                }
            }

            return new BridgeModel(name, capability, state, version, detail, rungs);
        }

        private static string Text(ref WireReader reader) => Encoding.UTF8.GetString(reader.Bytes());
    }
}
