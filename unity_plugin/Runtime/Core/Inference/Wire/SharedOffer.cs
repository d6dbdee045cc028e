using System;
using System.Text;

namespace FrameBridge
{
    /// <summary>The contract's SharedMemory: a file to map.</summary>
    internal struct SharedOffer
    {
        /// <summary>Bytes of the key at the file's beginning.</summary>
        public const int KeyBytes = 16;

        public string Path;
        public long SizeBytes;
        public byte[] Key;

        /// <summary>Parses one; false if malformed. Allocates: there is one for each stream.</summary>
        public static bool Read(ReadOnlySpan<byte> bytes, ref SharedOffer offer)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: offer.Path = Encoding.UTF8.GetString(reader.Bytes()); break;
                    case 2 << 3 | WireKind.Varint: offer.SizeBytes = reader.Int64(); break;
                    case 3 << 3 | WireKind.Bytes: offer.Key = reader.Bytes().ToArray(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
