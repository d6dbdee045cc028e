using System;

namespace FrameBridge.Grpc
{
    /// <summary>A message for the serialiser; one object per call, which has one write at a time.</summary>
    internal sealed class OutgoingMessage
    {
        public ReadOnlyMemory<byte> Bytes;
    }
}
