using System;

namespace FrameBridge
{
    /// <summary>
    /// Iterates over the parts of a bundle without allocating. They are counted before the first is read. A bundle does
    /// not nest: readers of parts know nothing of bundles.
    /// </summary>
    internal ref struct BundleReader
    {
        /// <summary>Parts of one bundle, at most.</summary>
        public const int MostParts = 64;

        /// <summary>Bytes of a part, at most: a payload of 4 KiB and its header.</summary>
        public const int MostPartBytes = 4608;

        /// <summary>The field of a Bundle with its parts.</summary>
        public const int PartsField = 1;

        private WireReader _parts;

        private BundleReader(ReadOnlySpan<byte> parts, int count)
        {
            _parts = new WireReader(parts);
            Count = count;
        }

        /// <summary>The number of parts.</summary>
        public int Count { get; }

        /// <summary>Whether a message is a bundle, by its first byte; <paramref name="field"/> is the bundle's.</summary>
        public static bool Is(ReadOnlySpan<byte> message, int field) =>
            message.Length > 0 && message[0] == (field << 3 | WireKind.Bytes);

        /// <summary>Opens a bundle. False if it is malformed, holds anything else, or too many parts, or none.</summary>
        public static bool TryOpen(ReadOnlySpan<byte> message, int field, out BundleReader reader)
        {
            reader = default;
            var outer = new WireReader(message);
            if (!outer.Next() || !outer.Is(field, WireKind.Bytes))
            {
                return false;
            }

            var parts = outer.Bytes();
            var count = outer.Failed || outer.Position < message.Length ? 0 : CountIn(parts);
            reader = new BundleReader(parts, count);
            return count > 0 && count <= MostParts;
        }

        /// <summary>The next part; false at the end.</summary>
        public bool Next(out ReadOnlySpan<byte> part)
        {
            while (_parts.Next())
            {
                if (_parts.Is(PartsField, WireKind.Bytes))
                {
                    part = _parts.Bytes();
                    return true;
                }

                _parts.Skip();
            }

            part = default;
            return false;
        }

        /// <summary>The number of parts; 0 if malformed, and no more than one above the limit.</summary>
        private static int CountIn(ReadOnlySpan<byte> parts)
        {
            var count = 0;
            var reader = new WireReader(parts);
            while (count <= MostParts && reader.Next())
            {
                count += reader.Is(PartsField, WireKind.Bytes) ? 1 : 0;
                reader.Skip();
            }

            return reader.Failed ? 0 : count;
        }
    }
}
