using System;
using System.IO;

namespace FrameBridge
{
    /// <summary>
    /// Keeps the raw messages of a client's streams, with direction, time and checksum, in a ring of a stated size: when it
    /// is full the oldest go, and the gap is marked. Set it in <see cref="BridgeOptions.Recorder"/>. All members may be
    /// called on any thread.
    /// </summary>
    public sealed class Recorder
    {
        /// <summary>
        /// Makes a recorder that keeps at most <paramref name="capacityBytes"/>. Pictures of cameras are left out unless
        /// <paramref name="includeCameraFrames"/> is set: they may show people. Throws
        /// <see cref="ArgumentOutOfRangeException"/> for less than 64 KiB.
        /// </summary>
        public Recorder(int capacityBytes = 64 * 1024 * 1024, bool includeCameraFrames = false)
        {
            throw new NotImplementedException();
        }

        /// <summary>Messages in the ring.</summary>
        public int MessageCount => throw new NotImplementedException();

        /// <summary>Messages that were pushed out of the ring, or were larger than it.</summary>
        public long DroppedCount => throw new NotImplementedException();

        /// <summary>Writes what is in the ring. Throws what the stream throws.</summary>
        public void Save(Stream destination)
        {
            throw new NotImplementedException();
        }
    }
}
