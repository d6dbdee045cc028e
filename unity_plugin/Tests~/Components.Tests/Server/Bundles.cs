using System;
using System.Collections.Generic;
using System.Linq;
using Google.Protobuf;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>Splits what a client sends, by the generated code.</summary>
    internal static class Bundles
    {
        /// <summary>The parts of a bundle, or the message itself.</summary>
        internal static IReadOnlyList<ReadOnlyMemory<byte>> Split(BridgeStream stream, ReadOnlyMemory<byte> message)
        {
            V1.Bundle bundle = BundleIn(stream, message.Span);
            return bundle == null ? new[] { message } : bundle.Parts.Select(part => part.Memory).ToArray();
        }

        private static V1.Bundle BundleIn(BridgeStream stream, ReadOnlySpan<byte> message)
        {
            switch (stream)
            {
                case BridgeStream.Avatar: return V1.StreamAvatarRequest.Parser.ParseFrom(message).Bundle;
                case BridgeStream.Dialogue: return V1.ConverseRequest.Parser.ParseFrom(message).Bundle;
                case BridgeStream.Inference: return V1.InferRequest.Parser.ParseFrom(message).Bundle;
                default: return V1.RecognizeRequest.Parser.ParseFrom(message).Bundle;
            }
        }
    }
}
