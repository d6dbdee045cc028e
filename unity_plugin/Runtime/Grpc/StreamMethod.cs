using System;
using System.Buffers;
using Grpc.Core;

namespace FrameBridge.Grpc
{
    /// <summary>
    /// The gRPC method of one kind of stream on one channel, with marshallers that pass the raw bytes to the open
    /// call's reader. One object per channel and kind, since each stays in the channel's cache.
    /// </summary>
    internal sealed class StreamMethod
    {
        private IMessageReader _reader;

        public StreamMethod(StreamKind kind)
        {
            Method = new Method<OutgoingMessage, IncomingMessage>(
                MethodType.DuplexStreaming,
                kind.Service,
                kind.Method,
                RawMarshallers.Request,
                new Marshaller<IncomingMessage>(NeverSerialise, Deserialise));
        }

        public Method<OutgoingMessage, IncomingMessage> Method { get; }

        /// <summary>The current reader. A channel has one call of a kind at a time.</summary>
        public void Direct(IMessageReader reader) => _reader = reader;

        private IncomingMessage Deserialise(DeserializationContext context)
        {
            _reader.Read(context.PayloadAsReadOnlySequence());
            return IncomingMessage.Receipt;
        }

        private static void NeverSerialise(IncomingMessage message, SerializationContext context) =>
            throw new NotSupportedException("answers are only received");
    }
}
