using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Reads the contract's GetAvatarSchemaResponse. Lists are capped far above any model's size.</summary>
    internal static class SchemaMessage
    {
        public const int Most = 4096;

        /// <summary>Null if malformed.</summary>
        public static AvatarSchema Read(ReadOnlySpan<byte> bytes)
        {
            var attributes = new List<AvatarAttributeSchema>();
            var expressions = new List<string>();
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: whole = ReadAttribute(attributes, reader.Bytes()); break;
                    case 2 << 3 | WireKind.Bytes: reader.Texts(expressions, Most); break;
                    default: reader.Skip(); break;
                }
            }

            return whole && !reader.Failed ? new AvatarSchema(attributes, expressions) : null;
        }

        private static bool ReadAttribute(List<AvatarAttributeSchema> attributes, ReadOnlySpan<byte> bytes)
        {
            var name = string.Empty;
            var choices = new List<string>();
            var isColor = false;
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: name = reader.Text(); break;
                    case 2 << 3 | WireKind.Bytes: reader.Texts(choices, Most); break;
                    case 3 << 3 | WireKind.Varint: isColor = reader.Bool(); break;
                    default: reader.Skip(); break;
                }
            }

            if (attributes.Count < Most)
            {
                attributes.Add(new AvatarAttributeSchema(name, choices, isColor));
            }

            return !reader.Failed;
        }
    }
}
