using System;

namespace FrameBridge
{
    /// <summary>Sizes of number formats, and their types in C#.</summary>
    internal static class TensorTypes
    {
        /// <summary>Bytes of one number; 0 for an unknown format.</summary>
        public static int SizeOf(TensorType type)
        {
            switch (type)
            {
                case TensorType.UInt8:
                case TensorType.Int8:
                case TensorType.Bool: return 1;
                case TensorType.Float16:
                case TensorType.Int16: return 2;
                case TensorType.Float32:
                case TensorType.Int32: return 4;
                case TensorType.Float64:
                case TensorType.Int64: return 8;
                default: return 0;
            }
        }

        /// <summary>A format's name as the contract and Python have it ("float32"). Allocates.</summary>
        public static string NameOf(TensorType type) => type.ToString().ToLowerInvariant();

        /// <summary>The format of a type in C#. Throws <see cref="ArgumentException"/> for one that tensors do not have.</summary>
        public static TensorType Of<T>()
            where T : unmanaged
        {
            if (typeof(T) == typeof(float))
            {
                return TensorType.Float32;
            }

            if (typeof(T) == typeof(byte))
            {
                return TensorType.UInt8;
            }

            return OfInteger<T>();
        }

        private static TensorType OfInteger<T>()
        {
            if (typeof(T) == typeof(int))
            {
                return TensorType.Int32;
            }

            if (typeof(T) == typeof(long))
            {
                return TensorType.Int64;
            }

            if (typeof(T) == typeof(short))
            {
                return TensorType.Int16;
            }

            return typeof(T) == typeof(sbyte) ? TensorType.Int8 : OfRare<T>();
        }

        private static TensorType OfRare<T>()
        {
            if (typeof(T) == typeof(double))
            {
                return TensorType.Float64;
            }

            if (typeof(T) == typeof(bool))
            {
                return TensorType.Bool;
            }

            return typeof(T) == typeof(ushort)
                ? TensorType.Float16
                : throw new ArgumentException($"no tensor holds {typeof(T).Name}; see TensorType for the types that fit");
        }
    }
}
