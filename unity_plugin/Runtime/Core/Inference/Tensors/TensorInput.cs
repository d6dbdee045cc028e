using System;

namespace FrameBridge
{
    /// <summary>One tensor of a <see cref="TensorWriter"/>, and its buffer.</summary>
    internal sealed class TensorInput
    {
        private byte[] _bytes = Array.Empty<byte>();

        public TensorShape Shape { get; } = new TensorShape();

        /// <summary>The tensor's bytes.</summary>
        public byte[] Buffer => _bytes;

        /// <summary>The bytes of the shape, in a buffer that only grows.</summary>
        public Span<byte> Room()
        {
            var size = (int)Shape.Bytes;
            if (_bytes.Length < size)
            {
                Array.Resize(ref _bytes, size);
            }

            return new Span<byte>(_bytes, 0, size);
        }
    }
}
