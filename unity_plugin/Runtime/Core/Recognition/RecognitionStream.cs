using System;

namespace FrameBridge
{
    /// <summary>The cameras of one client, on one stream. All members may be called on any thread; none blocks.</summary>
    public sealed class RecognitionStream
    {
        internal RecognitionStream()
        {
        }

        /// <summary>Whether a picture sent now goes up now. False while the stream opens or comes back after a loss.</summary>
        public bool IsOpen => throw new NotImplementedException();

        /// <summary>
        /// Takes a free slot for a camera. Throws <see cref="BridgeException"/> when the server's slots are used up or the
        /// client is closed.
        /// </summary>
        public CameraSlot OpenSlot()
        {
            throw new NotImplementedException();
        }
    }
}
