using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>A tensor that a model takes or gives, without the batch. Read only.</summary>
    public readonly struct TensorSpec
    {
        /// <summary>Called by transports.</summary>
        public TensorSpec(string name, TensorType type, IReadOnlyList<TensorDimension> dimensions)
        {
            Name = name ?? string.Empty;
            Type = type;
            Dimensions = dimensions ?? Array.Empty<TensorDimension>();
        }

        /// <summary>The tensor's name.</summary>
        public string Name { get; }

        /// <summary>The tensor's number format.</summary>
        public TensorType Type { get; }

        /// <summary>The tensor's dimensions, without the batch.</summary>
        public IReadOnlyList<TensorDimension> Dimensions { get; }

        /// <summary>Whether a tensor of these sizes fits, without the batch. Does not allocate.</summary>
        public bool Fits(ReadOnlySpan<int> shape)
        {
            var fits = shape.Length == Dimensions.Count;
            for (var i = 0; fits && i < shape.Length; i++)
            {
                fits = Dimensions[i].Fits(shape[i]);
            }

            return fits;
        }

        /// <summary>The number format and the sizes, such as "float32 [3, 1 to 512, 1 to 512]".</summary>
        public override string ToString() => TensorTypes.NameOf(Type) + " [" + string.Join(", ", Dimensions) + "]";
    }
}
