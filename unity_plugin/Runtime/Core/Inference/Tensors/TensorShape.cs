using System;

namespace FrameBridge
{
    /// <summary>A tensor's name, number format and sizes; reused. The batch is not one of the sizes.</summary>
    internal sealed class TensorShape
    {
        /// <summary>The highest number of dimensions.</summary>
        public const int MaxRank = 8;

        private readonly int[] _sizes = new int[MaxRank];

        public string Name { get; private set; } = string.Empty;

        public TensorType Type { get; private set; }

        public int Rank { get; private set; }

        public ReadOnlySpan<int> Sizes => new ReadOnlySpan<int>(_sizes, 0, Rank);

        /// <summary>Bytes of all numbers; -1 for an unknown format.</summary>
        public long Bytes { get; private set; } = -1;

        /// <summary>Sets it; false for too many dimensions, a negative size, an unknown format, or 2 GiB and more.</summary>
        public bool TrySet(string name, TensorType type, ReadOnlySpan<int> sizes)
        {
            Name = name;
            Type = type;
            Rank = Math.Min(sizes.Length, MaxRank);
            sizes.Slice(0, Rank).CopyTo(_sizes);
            Bytes = sizes.Length > MaxRank ? -1 : Count(TensorTypes.SizeOf(type), sizes);
            return Bytes >= 0;
        }

        /// <summary>Takes another's values.</summary>
        public void Set(TensorShape other)
        {
            TrySet(other.Name, other.Type, other.Sizes);
            Bytes = other.Bytes;
        }

        /// <summary>Whether the number format and the sizes are the same.</summary>
        public bool IsLike(TensorShape other) => Type == other.Type && Sizes.SequenceEqual(other.Sizes);

        /// <summary>The number format and the sizes, such as "float32 [3, 256, 256]".</summary>
        public override string ToString() =>
            TensorTypes.NameOf(Type) + " [" + string.Join(", ", new ArraySegment<int>(_sizes, 0, Rank)) + "]";

        private static long Count(int one, ReadOnlySpan<int> sizes)
        {
            long bytes = one > 0 ? one : -1;
            foreach (var size in sizes)
            {
                bytes = bytes < 0 || size < 0 ? -1 : bytes * size;
                if (bytes > int.MaxValue)
                {
                    return -1;
                }
            }

            return bytes;
        }
    }
}
