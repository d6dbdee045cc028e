using System;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Parses the contract's ErrorDetail, in a status and in the trailers of a failed call. The text stays bytes until
    /// it is asked for: a busy game may be refused many frames a second.
    /// </summary>
    internal ref struct ErrorDetailMessage
    {
        public ErrorReason Reason;
        public bool Retryable;
        public long RetryAfterMicros;
        private ReadOnlySpan<byte> _message;

        /// <summary>What is wrong and how to fix it. A new string each time.</summary>
        public readonly string Message => Encoding.UTF8.GetString(_message);

        /// <summary>Whether there is a message.</summary>
        public readonly bool HasMessage => !_message.IsEmpty;

        /// <summary>The message, as an interned string of the table.</summary>
        public readonly string MessageOf(NameTable names) => names.Get(_message);

        /// <summary>Merges into the present fields, as protobuf does; false if malformed.</summary>
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
