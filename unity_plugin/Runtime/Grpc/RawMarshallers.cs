using System;
using Grpc.Core;

namespace FrameBridge.Grpc
{
    /// <summary>Marshallers of raw bytes: Core encodes and decodes the messages.</summary>
    internal static class RawMarshallers
    {
        public static readonly Marshaller<OutgoingMessage> Request = new Marshaller<OutgoingMessage>(
            Serialise, _ => throw new NotSupportedException("requests are only sent"));

        public static readonly Marshaller<byte[]> Answer = new Marshaller<byte[]>(
            (_, _) => throw new NotSupportedException("answers are only received"), context => context.PayloadAsNewBuffer());

        private static void Serialise(OutgoingMessage message, SerializationContext context)
        {
            var bytes = message.Bytes.Span;
            context.SetPayloadLength(bytes.Length);
            var writer = context.GetBufferWriter();
            while (bytes.Length > 0)
            {
                var room = writer.GetSpan();
                var part = bytes.Slice(0, Math.Min(room.Length, bytes.Length));
                part.CopyTo(room);
                writer.Advance(part.Length);
                bytes = bytes.Slice(part.Length);
            }

            context.Complete();
        }
    }
}
