using System;
using System.Runtime.InteropServices;

namespace FrameBridge
{
    /// <summary>
    /// A model's inputs by name, in reused buffers: setting a tensor of the same size again does not allocate. Values
    /// stay until they are set again, so that only what changes has to be set before each request. One thread at a time.
    /// </summary>
    public sealed class TensorWriter
    {
        /// <summary>The highest number of tensors.</summary>
        public const int MaxTensors = 64;

        private readonly TensorInput[] _all = new TensorInput[MaxTensors];

        /// <summary>The number of tensors.</summary>
        public int Count { get; private set; }

        /// <summary>Bytes of all tensors together.</summary>
        public long ByteCount
        {
            get
            {
                long bytes = 0;
                for (var i = 0; i < Count; i++)
                {
                    bytes += _all[i].Shape.Bytes;
                }

                return bytes;
            }
        }

        /// <summary>
        /// Sets a tensor. <paramref name="shape"/> is without the batch, <paramref name="values"/> are row-major. Throws
        /// <see cref="ArgumentException"/> for values that do not fill the shape, and as <see cref="Prepare{T}"/> does.
        /// </summary>
        public void Set<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
            where T : unmanaged
        {
            CheckCount(name, values.Length, shape);
            values.CopyTo(Prepare<T>(name, shape));
        }

        /// <summary>
        /// The memory of a tensor's values, to be filled: row-major, with what was there before. Valid until the next
        /// call for the same name. Throws <see cref="ArgumentException"/> for an empty name, a negative size, more than
        /// eight dimensions or 64 tensors, 2 GiB or more, and a type that tensors do not have.
        /// </summary>
        public Span<T> Prepare<T>(string name, ReadOnlySpan<int> shape)
            where T : unmanaged
        {
            var type = TensorTypes.Of<T>();
            var input = Find(name) ?? Add(name);
            if (!input.Shape.TrySet(name, type, shape))
            {
                Remove(name);
                throw new ArgumentException($"tensor \"{name}\" cannot have this shape; give up to {TensorShape.MaxRank} sizes of 0 or more, and less than 2 GiB in all", nameof(shape));
            }

            return MemoryMarshal.Cast<byte, T>(input.Room());
        }

        /// <summary>Removes a tensor; false if there is none of this name. Its buffer is kept for another.</summary>
        public bool Remove(string name)
        {
            for (var i = 0; i < Count; i++)
            {
                if (_all[i].Shape.Name == name)
                {
                    var removed = _all[i];
                    Array.Copy(_all, i + 1, _all, i, Count - i - 1);
                    Count--;
                    _all[Count] = removed;
                    return true;
                }
            }

            return false;
        }

        /// <summary>Removes all tensors. Their buffers are kept.</summary>
        public void Clear() => Count = 0;

        internal TensorInput this[int index] => _all[index];

        private static void CheckCount(string name, int values, ReadOnlySpan<int> shape)
        {
            long needed = 1;
            foreach (var size in shape)
            {
                needed = needed > int.MaxValue ? needed : needed * size;
            }

            if (needed != values)
            {
                throw new ArgumentException($"tensor \"{name}\" takes {needed} values in this shape, not {values}", nameof(values));
            }
        }

        private TensorInput Find(string name)
        {
            for (var i = 0; i < Count; i++)
            {
                if (_all[i].Shape.Name == name)
                {
                    return _all[i];
                }
            }

            return null;
        }

        private TensorInput Add(string name)
        {
            if (string.IsNullOrEmpty(name))
            {
                throw new ArgumentException("a tensor has no name; give that of the model's input", nameof(name));
            }

            if (Count == MaxTensors)
            {
                throw new ArgumentException($"there are {MaxTensors} tensors already; remove some", nameof(name));
            }

            return _all[Count++] ??= new TensorInput();
        }
    }
}
