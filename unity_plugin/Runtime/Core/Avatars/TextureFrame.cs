using System;

namespace FrameBridge
{
    /// <summary>
    /// A view of a complete texture frame in one of a slot's buffers. The bytes are valid until the next
    /// <see cref="AvatarSlot.TryTakeNewest"/> of the same slot; copy them to the texture before that.
    /// </summary>
    public struct TextureFrame
    {
        /// <summary>The avatar's slot.</summary>
        public int Slot;

        /// <summary>The frame's number; it only increases within a slot of a session.</summary>
        public long FrameIndex;

        /// <summary>The texture format.</summary>
        public FrameFormat Format;

        /// <summary>Width in pixels.</summary>
        public int Width;

        /// <summary>Height in pixels.</summary>
        public int Height;

        /// <summary>Whether the bottom row comes first.</summary>
        public bool BottomUp;

        /// <summary>Whether the values are sRGB: use an sRGB texture in a linear project.</summary>
        public bool IsSrgb;

        /// <summary>Whether the colours are premultiplied by alpha.</summary>
        public bool IsPremultiplied;

        /// <summary>Whether this is an earlier picture, sent again because a new one could not be on time.</summary>
        public bool Repeated;

        /// <summary>Seconds from the request (or a subscription's tick) to the complete frame.</summary>
        public double ElapsedSeconds;

        /// <summary>The frame's budget in seconds; 0 for the server's default.</summary>
        public double BudgetSeconds;

        /// <summary>When the frame was complete, in seconds on Stopwatch's clock.</summary>
        public double CompletedSeconds;

        /// <summary>The frame's session.</summary>
        public string SessionId;

        /// <summary>How the server spent the time.</summary>
        public FrameTiming Timing;

        /// <summary>The buffer; its first <see cref="Length"/> bytes are the frame.</summary>
        public byte[] Buffer;

        /// <summary>The frame's size in bytes.</summary>
        public int Length;

        /// <summary>The frame's bytes.</summary>
        public readonly ReadOnlySpan<byte> Bytes => new ReadOnlySpan<byte>(Buffer, 0, Length);
    }
}
