using System;

namespace FrameBridge
{
    /// <summary>Reads and writes the contract's Limits, those that concern a client.</summary>
    internal static class LimitsMessage
    {
        public static void Write(WireWriter writer, int field, BridgeLimits limits)
        {
            var mark = writer.Length;
            writer.Number(24, limits.MaxActionResultBytes);
            writer.Number(23, limits.MaxNpcBytes);
            writer.Number(22, limits.MaxHistoryLines);
            writer.Number(21, limits.MaxHistoryBytes);
            writer.Number(20, limits.MaxOpenInferences);
            writer.Number(19, limits.MaxWaitingTensorBytes);
            writer.Number(18, limits.MaxInferMessageBytes);
            writer.Number(17, limits.MaxTensorBytes);
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

        public static bool Read(ReadOnlySpan<byte> bytes, BridgeLimits limits)
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
                    case 17: limits.MaxTensorBytes = reader.Int32(); break;
                    case 18: limits.MaxInferMessageBytes = reader.Int32(); break;
                    case 19: limits.MaxWaitingTensorBytes = reader.Int32(); break;
                    case 20: limits.MaxOpenInferences = reader.Int32(); break;
                    case 21: limits.MaxHistoryBytes = reader.Int32(); break;
                    case 22: limits.MaxHistoryLines = reader.Int32(); break;
                    case 23: limits.MaxNpcBytes = reader.Int32(); break;
                    case 24: limits.MaxActionResultBytes = reader.Int32(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
