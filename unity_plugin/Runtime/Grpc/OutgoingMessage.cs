using System;

namespace FrameBridge.Grpc
{
    /// <summary>A message on its way to the serialiser; one object a call, since a call has one write at a time.</summary>
    internal sealed class OutgoingMessage
    {
        public ReadOnlyMemory<byte> Bytes;
    }
}
