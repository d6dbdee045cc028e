using System;

namespace FrameBridge
{
    /// <summary>
    /// A view of a complete texture frame in one of a slot's buffers. The bytes stay as they are until the next
    /// <see cref="AvatarSlot.TryTakeNewest"/> of the same slot; copy them out (to the texture) before that.
    /// </summary>
    public struct TextureFrame
    {
        /// <summary>The avatar.</summary>
        public int Slot;

        /// <summary>The frame's number; it only rises within a slot of a session.</summary>
        public long FrameIndex;

        /// <summary>How to sample it.</summary>
        public FrameFormat Format;

        /// <summary>Width in pixels.</summary>
        public int Width;

        /// <summary>Height in pixels.</summary>
        public int Height;

        /// <summary>Whether the bottom row comes first.</summary>
        public bool BottomUp;

        /// <summary>Whether its numbers are sRGB: sample it through an sRGB texture in a linear project.</summary>
        public bool IsSrgb;

        /// <summary>Whether its colours are already multiplied by alpha.</summary>
        public bool IsPremultiplied;

        /// <summary>Whether this is an earlier picture, sent again because a new one could not be on time.</summary>
        public bool Repeated;

        /// <summary>Seconds from the request (or, of a subscription, the tick) to the frame being complete here.</summary>
        public double ElapsedSeconds;

        /// <summary>What the frame was worth, in seconds. 0 stands for the server's default.</summary>
        public double BudgetSeconds;

        /// <summary>When the frame was complete, on the clock of Stopwatch, in seconds.</summary>
        public double CompletedSeconds;

        /// <summary>The session that it came in.</summary>
        public string SessionId;

        /// <summary>Where the time went on the server.</summary>
        public FrameTiming Timing;

        /// <summary>The buffer; the first <see cref="Length"/> bytes of it are the frame.</summary>
        public byte[] Buffer;

        /// <summary>Bytes of the frame.</summary>
        public int Length;

        /// <summary>The frame's bytes.</summary>
        public readonly ReadOnlySpan<byte> Bytes => new ReadOnlySpan<byte>(Buffer, 0, Length);
    }
}
