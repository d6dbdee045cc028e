using System;

namespace FrameBridge
{
    /// <summary>The checksum of zip and PNG files (ISO 3309, polynomial 0xEDB88320).</summary>
    internal static class Crc32
    {
        private static readonly uint[] s_table = MakeTable();

        /// <summary>Continues a checksum, which starts at 0.</summary>
        public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
        {
            crc = ~crc;
            foreach (var part in bytes)
            {
                crc = s_table[(crc ^ part) & 0xFF] ^ (crc >> 8);
            }

            return ~crc;
        }

        private static uint[] MakeTable()
        {
            var table = new uint[256];
            for (uint i = 0; i < table.Length; i++)
            {
                var value = i;
                for (var bit = 0; bit < 8; bit++)
                {
                    value = (value & 1) != 0 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
                }

                table[i] = value;
            }

            return table;
        }
    }
}
