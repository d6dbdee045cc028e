using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Reads and writes the contract's Rung.</summary>
    internal static class RungMessage
    {
        public static void Write(WireWriter writer, int field, BridgeRung rung)
        {
            var mark = writer.Length;
            writer.Number(5, rung.IsCheaperFormat ? 1 : 0);
            writer.Number(4, rung.NeedsDevice ? 1 : 0);
            writer.Number(3, rung.Height);
            writer.Number(2, rung.Width);
            writer.Text(1, rung.Name);
            writer.Close(field, mark);
        }

        /// <summary>Parses and adds a rung, up to <paramref name="most"/>; false if malformed.</summary>
        public static bool ReadInto(List<BridgeRung> rungs, int most, ReadOnlySpan<byte> bytes)
        {
            string name = null;
            int width = 0, height = 0;
            bool needsDevice = false, isCheaper = false;
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: name = reader.Text(); break;
                    case 2 << 3 | WireKind.Varint: width = reader.Int32(); break;
                    case 3 << 3 | WireKind.Varint: height = reader.Int32(); break;
                    case 4 << 3 | WireKind.Varint: needsDevice = reader.Int64() != 0; break;
                    case 5 << 3 | WireKind.Varint: isCheaper = reader.Int64() != 0; break;
                    default: reader.Skip(); break;
                }
            }

            if (rungs.Count < most)
            {
                rungs.Add(new BridgeRung(name, width, height, needsDevice, isCheaper));
            }

            return !reader.Failed;
        }
    }
}
