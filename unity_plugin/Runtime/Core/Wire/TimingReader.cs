using System;

namespace FrameBridge
{
    /// <summary>Parses the contract's Timing. Repeated fields are merged, as protobuf does.</summary>
    internal static class TimingReader
    {
        public static bool Read(ReadOnlySpan<byte> bytes, ref FrameTiming timing, NameTable names)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                if (reader.Kind == WireKind.Varint)
                {
                    Number(ref reader, ref timing);
                }
                else if (reader.Is(9, WireKind.Bytes))
                {
                    timing.Rung = names.Get(reader.Bytes());
                }
                else if (reader.Is(11, WireKind.Bytes))
                {
                    timing.ModelVersion = names.Get(reader.Bytes());
                }
                else
                {
                    reader.Skip();
                }
            }

            return !reader.Failed;
        }

        private static void Number(ref WireReader reader, ref FrameTiming timing)
        {
            switch (reader.Field)
            {
                case 1: timing.QueueMicros = reader.Int64(); break;
                case 2: timing.BatchWaitMicros = reader.Int64(); break;
                case 3: timing.BlockedMicros = reader.Int64(); break;
                case 4: timing.ComputeMicros = reader.Int64(); break;
                case 5: timing.EncodeMicros = reader.Int64(); break;
                case 6: timing.ServerMicros = reader.Int64(); break;
                case 7: timing.BatchSize = reader.Int32(); break;
                case 8: timing.SliceCount = reader.Int32(); break;
                case 10: timing.RungIndex = reader.Int32(); break;
                case 12: timing.DecodeMicros = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }
    }
}
