using System;

namespace FrameBridge
{
    /// <summary>Reads the contract's PingResponse.</summary>
    internal static class PingMessage
    {
        /// <summary>False if malformed.</summary>
        public static bool Read(ReadOnlySpan<byte> bytes, out long nonce, out long serverMicros)
        {
            nonce = 0;
            serverMicros = 0;
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Kind == WireKind.Varint ? reader.Field : 0)
                {
                    case 1: nonce = reader.Int64(); break;
                    case 2: serverMicros = reader.Int64(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
