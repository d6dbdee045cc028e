namespace FrameBridge
{
    /// <summary>Protobuf's wire types, the low three bits of a field's tag.</summary>
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
