using System;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Reads the contract's ErrorDetail, in a status and in the trailers of a call that failed. The sentence stays bytes
    /// until somebody wants it: a busy game is refused frames many times a second.
    /// </summary>
    internal ref struct ErrorDetailMessage
    {
        public ErrorReason Reason;
        public bool Retryable;
        public long RetryAfterMicros;
        private ReadOnlySpan<byte> _message;

        /// <summary>What was wrong, and what mends it. A new string each time.</summary>
        public readonly string Message => Encoding.UTF8.GetString(_message);

        /// <summary>Whether there is a sentence.</summary>
        public readonly bool HasMessage => !_message.IsEmpty;

        /// <summary>The sentence, of which a table makes one string however often it comes.</summary>
        public readonly string MessageOf(NameTable names) => names.Get(_message);

        /// <summary>Reads on top of what is there, as protobuf merges; false for bytes that are no such message.</summary>
        public bool Read(ReadOnlySpan<byte> bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Varint: Reason = (ErrorReason)reader.Int32(); break;
                    case 2 << 3 | WireKind.Bytes: _message = reader.Bytes(); break;
                    case 3 << 3 | WireKind.Varint: Retryable = reader.Bool(); break;
                    case 4 << 3 | WireKind.Varint: RetryAfterMicros = reader.Int64(); break;
                    default: reader.Skip(); break;
                }
            }

            return !reader.Failed;
        }
    }
}
