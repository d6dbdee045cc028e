using System;
using System.Buffers;
using System.Text;
using Grpc.Core;

namespace FrameBridge.GameLoop
{
    /// <summary>The few messages of an avatar stream that the bare loop needs, hand-written.</summary>
    internal sealed class BareMessages
    {
        private const int Varint = 0;
        private const int Bytes = 2;
        private const int Fixed32 = 5;

        private readonly BareRequest _request = new BareRequest();
        private readonly BareAnswer _answer = new BareAnswer();
        private readonly byte[] _inner = new byte[128];
        private readonly byte[] _innermost = new byte[32];

        internal BareMessages()
        {
            Method = new Method<BareRequest, BareAnswer>(
                MethodType.DuplexStreaming,
                "bridge.v1.AvatarService",
                "StreamAvatar",
                new Marshaller<BareRequest>(Serialise, _ => throw new NotSupportedException()),
                new Marshaller<BareAnswer>((_, _) => throw new NotSupportedException(), Deserialise));
        }

        internal Method<BareRequest, BareAnswer> Method { get; }

        internal BareRequest Open(string sessionId)
        {
            byte[] name = Encoding.UTF8.GetBytes(sessionId);
            return Wrap(1, Field(_inner, 0, 1, name, name.Length));
        }

        internal BareRequest Look(int slot)
        {
            int length = Field(_inner, 0, 1, slot);
            return Wrap(2, Field(_inner, length, 2, _innermost, Field(_innermost, 0, 1, slot + 1)));
        }

        internal BareRequest Subscribe(int slot, float rate)
        {
            int length = Field(_inner, 0, 1, slot);
            _inner[length++] = (2 << 3) | Fixed32;
            BitConverter.TryWriteBytes(new Span<byte>(_inner, length, 4), rate);
            length += 4;
            return Wrap(4, Field(_inner, length, 3, _innermost, Field(_innermost, 0, 1, 50_000)));
        }

        internal BareRequest Acknowledge(int slot, long index)
        {
            int length = Field(_inner, 0, 1, slot);
            return Wrap(6, Field(_inner, length, 2, index));
        }

        private BareRequest Wrap(int field, int length)
        {
            _request.Length = Field(_request.Bytes, 0, field, _inner, length);
            return _request;
        }

        private static int Field(byte[] into, int at, int field, long number)
        {
            into[at++] = (byte)((field << 3) | Varint);
            return Number(into, at, number);
        }

        private static int Field(byte[] into, int at, int field, byte[] bytes, int length)
        {
            into[at++] = (byte)((field << 3) | Bytes);
            at = Number(into, at, length);
            Array.Copy(bytes, 0, into, at, length);
            return at + length;
        }

        private static int Number(byte[] into, int at, long number)
        {
            for (; number > 0x7F; number >>= 7)
            {
                into[at++] = (byte)(number | 0x80);
            }

            into[at++] = (byte)number;
            return at;
        }

        private static void Serialise(BareRequest request, SerializationContext context)
        {
            context.SetPayloadLength(request.Length);
            IBufferWriter<byte> writer = context.GetBufferWriter();
            new ReadOnlySpan<byte>(request.Bytes, 0, request.Length).CopyTo(writer.GetSpan(request.Length));
            writer.Advance(request.Length);
            context.Complete();
        }

        private BareAnswer Deserialise(DeserializationContext context)
        {
            var reader = new SequenceReader<byte>(context.PayloadAsReadOnlySequence());
            _answer.Slot = 0;
            _answer.FrameIndex = 0;
            _answer.IsFrame = reader.TryRead(out byte tag) && tag == ((3 << 3) | Bytes);
            if (_answer.IsFrame)
            {
                Number(ref reader);
                ReadFrame(ref reader);
            }

            return _answer;
        }

        private void ReadFrame(ref SequenceReader<byte> reader)
        {
            while (reader.TryRead(out byte field) && (field & 7) == Varint && field >> 3 <= 2)
            {
                long number = Number(ref reader);
                if (field >> 3 == 1)
                {
                    _answer.Slot = (int)number;
                }
                else
                {
                    _answer.FrameIndex = number;
                }
            }
        }

        private static long Number(ref SequenceReader<byte> reader)
        {
            long number = 0;
            for (int shift = 0; reader.TryRead(out byte next); shift += 7)
            {
                number |= (long)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    break;
                }
            }

            return number;
        }
    }
}
