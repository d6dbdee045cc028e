using System;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>Pictures whose bytes all follow from slot and frame index, to detect torn or wrong ones.</summary>
    internal static class Pattern
    {
        internal static byte[] Of(int slot, long index, int length)
        {
            var bytes = new byte[length];
            new Random((slot * 100_003) + (int)index).NextBytes(bytes);
            return bytes;
        }

        internal static int BytesOf(V1.TextureFormat format, int side)
        {
            switch (format)
            {
                case V1.TextureFormat.Rgba32: return side * side * 4;
                case V1.TextureFormat.Bc1: return Blocks(side, 4) * 8;
                case V1.TextureFormat.Astc6X6: return Blocks(side, 6) * 16;
                default: return Blocks(side, 4) * 16;
            }
        }

        private static int Blocks(int side, int block) => ((side + block - 1) / block) * ((side + block - 1) / block);
    }
}
