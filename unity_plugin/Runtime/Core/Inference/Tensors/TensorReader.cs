using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace FrameBridge
{
    /// <summary>
    /// A model's outputs by name, as views of one reused buffer: nothing is allocated for a result. Spans are valid as
    /// long as the <see cref="InferenceResult"/> that they belong to.
    /// </summary>
    public sealed class TensorReader
    {
        /// <summary>The highest number of tensors; results with more are reported as failed.</summary>
        public const int MaxTensors = 64;

        private const int Alignment = 8; // of the largest number
        private readonly TensorShape[] _shapes = new TensorShape[MaxTensors];
        private readonly int[] _offsets = new int[MaxTensors];
        private byte[] _bytes = Array.Empty<byte>();

        internal TensorReader()
        {
        }

        /// <summary>The number of tensors; 0 without an answer.</summary>
        public int Count { get; private set; }

        /// <summary>The name of one of the tensors, in the model's order.</summary>
        public string NameAt(int index) =>
            index >= 0 && index < Count ? _shapes[index].Name : throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {Count} tensors");

        /// <summary>Whether there is a tensor of this name.</summary>
        public bool Has(string name) => Find(name) >= 0;

        /// <summary>The number format of a tensor. Throws <see cref="KeyNotFoundException"/> for an unknown name.</summary>
        public TensorType TypeOf(string name) => _shapes[Index(name)].Type;

        /// <summary>
        /// The sizes of a tensor, without the batch. Throws <see cref="KeyNotFoundException"/> for an unknown name.
        /// </summary>
        public ReadOnlySpan<int> ShapeOf(string name) => _shapes[Index(name)].Sizes;

        /// <summary>
        /// The values of a tensor, row-major. Throws <see cref="KeyNotFoundException"/> for an unknown name, and
        /// <see cref="InvalidOperationException"/> for another number format than the tensor's (see
        /// <see cref="TensorType"/>).
        /// </summary>
        public ReadOnlySpan<T> Get<T>(string name)
            where T : unmanaged
        {
            var index = Index(name);
            if (_shapes[index].Type != TensorTypes.Of<T>())
            {
                throw new InvalidOperationException($"tensor \"{name}\" is {_shapes[index].Type}, not {TensorTypes.Of<T>()}; read it as its own type");
            }

            return MemoryMarshal.Cast<byte, T>(BytesAt(index));
        }

        /// <summary>The values of a tensor; false if there is none of this name and number format.</summary>
        public bool TryGet<T>(string name, out ReadOnlySpan<T> values)
            where T : unmanaged
        {
            var index = Find(name);
            var fits = index >= 0 && _shapes[index].Type == TensorTypes.Of<T>();
            values = fits ? MemoryMarshal.Cast<byte, T>(BytesAt(index)) : default;
            return fits;
        }

        /// <summary>
        /// The bytes of a tensor of any number format, little-endian. Throws <see cref="KeyNotFoundException"/> for an
        /// unknown name.
        /// </summary>
        public ReadOnlySpan<byte> BytesOf(string name) => BytesAt(Index(name));

        internal void Clear() => Count = 0;

        /// <summary>
        /// Takes the shapes of a result and makes room for its bytes, which follow one another; false if they are not
        /// <paramref name="totalBytes"/>.
        /// </summary>
        internal bool TryBegin(InferenceMessage message, long totalBytes)
        {
            Clear();
            long sum = 0;
            for (var i = 0; i < message.OutputCount; i++)
            {
                sum += message.Outputs[i].Bytes;
                if (message.Outputs[i].Bytes < 0 || sum > totalBytes)
                {
                    return false;
                }

                (_shapes[i] ??= new TensorShape()).Set(message.Outputs[i]);
                _offsets[i] = (int)(sum - message.Outputs[i].Bytes);
            }

            Count = message.OutputCount;
            EnsureRoom(totalBytes);
            return sum == totalBytes;
        }

        /// <summary>Where the bytes from this offset on belong.</summary>
        internal Span<byte> Room(int offset, int length) => new Span<byte>(_bytes, offset, length);

        /// <summary>The buffer; its first bytes are those of the tensors.</summary>
        internal byte[] Buffer => _bytes;

        /// <summary>
        /// All bytes are there. Tensors whose numbers are not aligned are moved behind the others: some processors cannot
        /// read them where they are.
        /// </summary>
        internal void Complete(int totalBytes)
        {
            var end = Aligned(totalBytes);
            for (var i = 0; i < Count; i++)
            {
                if (_offsets[i] % TensorTypes.SizeOf(_shapes[i].Type) != 0)
                {
                    BytesAt(i).CopyTo(Room(end, (int)_shapes[i].Bytes));
                    _offsets[i] = end;
                    end = Aligned(end + (int)_shapes[i].Bytes);
                }
            }
        }

        private static int Aligned(int offset) => (offset + Alignment - 1) / Alignment * Alignment;

        private ReadOnlySpan<byte> BytesAt(int index) => new ReadOnlySpan<byte>(_bytes, _offsets[index], (int)_shapes[index].Bytes);

        private void EnsureRoom(long totalBytes)
        {
            var needed = Aligned((int)totalBytes);
            for (var i = 0; i < Count; i++)
            {
                needed += _offsets[i] % TensorTypes.SizeOf(_shapes[i].Type) == 0 ? 0 : Aligned((int)_shapes[i].Bytes);
            }

            if (_bytes.Length < needed)
            {
                _bytes = new byte[needed];
            }
        }

        private int Find(string name)
        {
            for (var i = 0; i < Count; i++)
            {
                if (string.Equals(_shapes[i].Name, name, StringComparison.Ordinal))
                {
                    return i;
                }
            }

            return -1;
        }

        private int Index(string name)
        {
            var index = Find(name);
            return index >= 0 ? index : throw new KeyNotFoundException($"the result has no tensor \"{name}\"; it has {Names()}");
        }

        private string Names()
        {
            var names = new string[Count];
            for (var i = 0; i < Count; i++)
            {
                names[i] = _shapes[i].Name;
            }

            return Count == 0 ? "none" : string.Join(", ", names);
        }
    }
}
