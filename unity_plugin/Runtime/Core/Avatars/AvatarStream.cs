using System;

namespace FrameBridge
{
    /// <summary>The avatars of one client, on one stream. All members may be called on any thread; none blocks.</summary>
    public sealed class AvatarStream
    {
        internal AvatarStream()
        {
        }

        /// <summary>Whether what is asked for now goes up now. False while the stream opens or comes back after a loss.</summary>
        public bool IsOpen => throw new NotImplementedException();

        /// <summary>Slots in use.</summary>
        public int SlotCount => throw new NotImplementedException();

        /// <summary>
        /// Takes a free slot for an avatar. Give it a look before asking for frames. It survives lost connections.
        /// Throws <see cref="BridgeException"/> when the server's slots are used up or the client is closed.
        /// </summary>
        public AvatarSlot OpenSlot()
        {
            throw new NotImplementedException();
        }
    }
}
