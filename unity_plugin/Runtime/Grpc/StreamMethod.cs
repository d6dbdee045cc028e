using System;
using System.Buffers;
using Grpc.Core;

namespace FrameBridge.Grpc
{
    /// <summary>
    /// The gRPC method of one kind of stream on one channel, with marshallers that hand the raw bytes to the reader of the
    /// call that is open. One object a channel and kind, since each stays in the channel's cache.
    /// </summary>
    internal sealed class StreamMethod
    {
        private IMessageReader _reader;

        public StreamMethod(BridgeStream stream)
        {
            Method = new Method<OutgoingMessage, IncomingMessage>(
                MethodType.DuplexStreaming,
                ServiceOf(stream),
                NameOf(stream),
                RawMarshallers.Request,
                new Marshaller<IncomingMessage>(NeverSerialise, Deserialise));
        }

        public Method<OutgoingMessage, IncomingMessage> Method { get; }

        /// <summary>Whoever takes the messages from now on. A channel has one call of a kind at a time.</summary>
        public void Direct(IMessageReader reader) => _reader = reader;

        private static string ServiceOf(BridgeStream stream)
        {
            switch (stream)
            {
                case BridgeStream.Avatar: return "bridge.v1.AvatarService";
                case BridgeStream.Dialogue: return "bridge.v1.DialogueService";
                case BridgeStream.Recognition: return "bridge.v1.RecognitionService";
                default: throw new ArgumentOutOfRangeException(nameof(stream), stream, "no such stream");
            }
        }

        private static string NameOf(BridgeStream stream)
        {
            switch (stream)
            {
                case BridgeStream.Avatar: return "StreamAvatar";
                case BridgeStream.Dialogue: return "Converse";
                default: return "Recognize";
            }
        }

        private IncomingMessage Deserialise(DeserializationContext context)
        {
            _reader.Read(context.PayloadAsReadOnlySequence());
            return IncomingMessage.Receipt;
        }

        private static void NeverSerialise(IncomingMessage message, SerializationContext context) =>
            throw new NotSupportedException("answers are only received");
    }
}
