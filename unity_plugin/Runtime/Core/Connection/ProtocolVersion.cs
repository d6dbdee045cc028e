namespace FrameBridge
{
    /// <summary>The version of the contract that this package speaks. Equal major versions are compatible.</summary>
    public static class ProtocolVersion
    {
        /// <summary>Raised by a change that breaks clients.</summary>
        public const int Major = 1;

        /// <summary>Raised by an addition.</summary>
        public const int Minor = 7;

        /// <summary>This package's own version.</summary>
        public const string Client = "0.1.0";
    }
}
