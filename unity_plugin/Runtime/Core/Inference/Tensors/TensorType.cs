namespace FrameBridge
{
    /// <summary>A tensor's number format.</summary>
    public enum TensorType
    {
        /// <summary>Never sent.</summary>
        Unspecified = 0,

        /// <summary>IEEE 754 binary16. Read and written as <see cref="ushort"/>: the bits.</summary>
        Float16 = 1,

        /// <summary>IEEE 754 binary32: <see cref="float"/>.</summary>
        Float32 = 2,

        /// <summary>IEEE 754 binary64: <see cref="double"/>.</summary>
        Float64 = 3,

        /// <summary>Unsigned, 8 bits: <see cref="byte"/>.</summary>
        UInt8 = 4,

        /// <summary>Signed, 8 bits: <see cref="sbyte"/>.</summary>
        Int8 = 5,

        /// <summary>Signed, 16 bits: <see cref="short"/>.</summary>
        Int16 = 6,

        /// <summary>Signed, 32 bits: <see cref="int"/>.</summary>
        Int32 = 7,

        /// <summary>Signed, 64 bits: <see cref="long"/>.</summary>
        Int64 = 8,

        /// <summary>One byte, 0 or 1: <see cref="bool"/>.</summary>
        Bool = 9,
    }
}
