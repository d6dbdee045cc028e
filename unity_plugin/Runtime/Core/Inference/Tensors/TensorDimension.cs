using System.Globalization;

namespace FrameBridge
{
    /// <summary>A dimension of a tensor that a model takes or gives: the sizes that it may have. Read only.</summary>
    public readonly struct TensorDimension
    {
        /// <summary>Called by transports.</summary>
        public TensorDimension(long least, long most)
        {
            Least = least;
            Most = most;
        }

        /// <summary>The smallest size; 0 if the server cannot say.</summary>
        public long Least { get; }

        /// <summary>The largest size; 0 if the server cannot say.</summary>
        public long Most { get; }

        /// <summary>Whether the server cannot say the size.</summary>
        public bool IsAny => Most == 0;

        /// <summary>Whether it may have this size.</summary>
        public bool Fits(long size) => IsAny || (size >= Least && size <= Most);

        /// <summary>The size, or "1 to 8", or "any".</summary>
        public override string ToString()
        {
            var most = Most.ToString(CultureInfo.InvariantCulture);
            var range = Least == Most ? most : Least.ToString(CultureInfo.InvariantCulture) + " to " + most;
            return IsAny ? "any" : range;
        }
    }
}
