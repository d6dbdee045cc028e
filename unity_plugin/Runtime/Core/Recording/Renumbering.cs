using System;

namespace FrameBridge
{
    /// <summary>Gives a recorded answer the numbers of a live request.</summary>
    internal delegate byte[] Renumber(byte[] answer, ReadOnlySpan<byte> request);

    /// <summary>Gives recorded messages the numbers that a live client expects; other fields are unchanged.</summary>
    internal static class Renumbering
    {
        /// <summary>A ConverseResponse as the answer to a live `say`.</summary>
        public static byte[] ForTurn(byte[] answer, ReadOnlySpan<byte> say) => OfTurn(answer, TextIn(say), NumberIn(say, 2));

        /// <summary>A RecognizeResponse as the answer to a live picture.</summary>
        public static byte[] ForPicture(byte[] answer, ReadOnlySpan<byte> frame) =>
            Indexed(answer, (int)NumberIn(frame, 1), NumberIn(frame, 2));

        /// <summary>The index of a StreamAvatarResponse; 0 if it has none.</summary>
        public static long IndexIn(ReadOnlySpan<byte> message)
        {
            var outer = new WireReader(message);
            return outer.Next() && outer.Kind == WireKind.Bytes ? NumberIn(outer.Bytes(), 2) : 0;
        }

        /// <summary>A StreamAvatarResponse or RecognizeResponse with another slot and index; a negative slot keeps the recorded one.</summary>
        public static byte[] Indexed(ReadOnlySpan<byte> message, int slot, long index)
        {
            var reader = new WireReader(message);
            if (!reader.Next() || reader.Kind != WireKind.Bytes)
            {
                return message.ToArray();
            }

            var outer = reader.Field;
            var inner = reader.Bytes();
            var writer = new WireWriter(message.Length + 64, int.MaxValue);
            writer.Raw(Rest(inner, slot < 0 ? 2 : 1, 2));
            writer.Number(2, index);
            if (slot >= 0)
            {
                writer.Number(1, slot);
            }

            writer.Close(outer, 0);
            return writer.Written.ToArray();
        }

        /// <summary>A ConverseResponse of another conversation and turn.</summary>
        public static byte[] OfTurn(ReadOnlySpan<byte> message, string conversation, long turnId)
        {
            var writer = new WireWriter(message.Length + 128, int.MaxValue);
            writer.Raw(Rest(message, 1, 2));
            writer.Number(2, turnId);
            writer.Text(1, conversation);
            return writer.Written.ToArray();
        }

        private static long NumberIn(ReadOnlySpan<byte> message, int field)
        {
            var reader = new WireReader(message);
            while (reader.Next())
            {
                if (reader.Is(field, WireKind.Varint))
                {
                    return reader.Int64();
                }

                reader.Skip();
            }

            return 0;
        }

        /// <summary>The text of field 1, which is the conversation of a `say` and of its answers.</summary>
        public static string TextIn(ReadOnlySpan<byte> message)
        {
            var reader = new WireReader(message);
            while (reader.Next())
            {
                if (reader.Is(1, WireKind.Bytes))
                {
                    return System.Text.Encoding.UTF8.GetString(reader.Bytes());
                }

                reader.Skip();
            }

            return string.Empty;
        }

        /// <summary>The fields of a message without those of the numbers from <paramref name="least"/> to <paramref name="most"/>.</summary>
        private static byte[] Rest(ReadOnlySpan<byte> message, int least, int most)
        {
            var rest = new byte[message.Length];
            var size = 0;
            var reader = new WireReader(message);
            for (var start = 0; reader.Next(); start = reader.Position)
            {
                var keeps = reader.Field < least || reader.Field > most;
                reader.Skip();
                if (keeps && !reader.Failed)
                {
                    message.Slice(start, reader.Position - start).CopyTo(rest.AsSpan(size));
                    size += reader.Position - start;
                }
            }

            Array.Resize(ref rest, size);
            return rest;
        }
    }
}
