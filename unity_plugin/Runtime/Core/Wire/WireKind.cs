namespace FrameBridge
{
    /// <summary>How a field's value is written, as the low three bits of its tag say. Source: protobuf's encoding page.</summary>
    internal static class WireKind
    {
        public const int Varint = 0;
        public const int Fixed64 = 1;
        public const int Bytes = 2;
        public const int GroupStart = 3;
        public const int GroupEnd = 4;
        public const int Fixed32 = 5;
    }
}
