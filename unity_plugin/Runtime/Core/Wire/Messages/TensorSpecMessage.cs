using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Reads and writes the contract's TensorSpec, with its dimensions. Lists are capped, as those of models.</summary>
    internal static class TensorSpecMessage
    {
        private const int MostDimensions = 64;

        public static void Write(WireWriter writer, int field, IReadOnlyList<TensorSpec> specs)
        {
            for (var i = specs.Count - 1; i >= 0; i--)
            {
                var mark = writer.Length;
                for (var at = specs[i].Dimensions.Count - 1; at >= 0; at--)
                {
                    var inner = writer.Length;
                    writer.Number(2, specs[i].Dimensions[at].Most);
                    writer.Number(1, specs[i].Dimensions[at].Least);
                    writer.Close(3, inner);
                }

                writer.Number(2, (int)specs[i].Type);
                writer.Text(1, specs[i].Name);
                writer.Close(field, mark);
            }
        }

        /// <summary>Parses and adds a tensor, up to <paramref name="most"/>; false if malformed.</summary>
        public static bool ReadInto(List<TensorSpec> specs, int most, ReadOnlySpan<byte> bytes)
        {
            string name = null;
            var type = TensorType.Unspecified;
            var dimensions = new List<TensorDimension>();
            var whole = true;
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: name = reader.Text(); break;
                    case 2 << 3 | WireKind.Varint: type = (TensorType)reader.Int32(); break;
                    case 3 << 3 | WireKind.Bytes: whole &= ReadDimension(dimensions, reader.Bytes()); break;
                    default: reader.Skip(); break;
                }
            }

            if (specs.Count < most)
            {
                specs.Add(new TensorSpec(name, type, dimensions));
            }

            return whole && !reader.Failed;
        }

        private static bool ReadDimension(List<TensorDimension> dimensions, ReadOnlySpan<byte> bytes)
        {
            var (least, most) = (0L, 0L);
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Varint: least = reader.Int64(); break;
                    case 2 << 3 | WireKind.Varint: most = reader.Int64(); break;
                    default: reader.Skip(); break;
                }
            }

            if (dimensions.Count < MostDimensions)
            {
                dimensions.Add(new TensorDimension(least, most));
            }

            return !reader.Failed;
        }
    }
}
