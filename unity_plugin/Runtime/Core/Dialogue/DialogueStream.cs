using System;

namespace FrameBridge
{
    /// <summary>The conversations of one client, on one stream. All members may be called on any thread; none blocks.</summary>
    public sealed class DialogueStream
    {
        internal DialogueStream()
        {
        }

        /// <summary>Whether words said now go up now. False while the stream opens or comes back after a loss.</summary>
        public bool IsOpen => throw new NotImplementedException();

        /// <summary>
        /// Begins a conversation, or takes up the one of this name (at most 64 bytes in UTF-8; null makes a new name).
        /// Throws <see cref="BridgeException"/> when the server's conversations are used up or the client is closed.
        /// </summary>
        public Conversation Open(string name = null)
        {
            throw new NotImplementedException();
        }
    }
}
