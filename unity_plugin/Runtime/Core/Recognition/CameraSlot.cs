using System;

namespace FrameBridge
{
    /// <summary>
    /// One camera: pictures go up, names and boxes come down. Sending and taking belong to one thread each (usually the
    /// main thread for both). Nothing here blocks or makes garbage per picture.
    /// </summary>
    public sealed class CameraSlot
    {
        internal CameraSlot()
        {
        }

        /// <summary>The camera's number in its session, from 0.</summary>
        public int Number => throw new NotImplementedException();

        /// <summary>Whether one of the three message buffers is free and the stream is open.</summary>
        public bool CanSend => throw new NotImplementedException();

        /// <summary>
        /// Copies a picture straight into a message and sends it; returns its index, or 0 when all three buffers are busy
        /// or the stream is not open: then skip the picture. <paramref name="pose"/> comes back with each answer.
        /// Throws <see cref="ArgumentException"/> for no tasks, a kind twice, or pixels that do not fit the size, and
        /// <see cref="BridgeException"/> for a picture over the server's limits.
        /// </summary>
        public long TrySend(in CameraImage image, ReadOnlySpan<byte> pixels, ReadOnlySpan<RecognitionTask> tasks, ReadOnlySpan<byte> pose = default)
        {
            throw new NotImplementedException();
        }

        /// <summary>Takes the newest result of a kind if there is one that was not taken yet.</summary>
        public bool TryTakeResult(RecognitionKind kind, out RecognitionResult result)
        {
            throw new NotImplementedException();
        }

        /// <summary>Frees the slot. May be called twice.</summary>
        public void Close()
        {
            throw new NotImplementedException();
        }
    }
}
