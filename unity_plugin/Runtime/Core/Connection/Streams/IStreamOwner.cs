using System;

namespace FrameBridge
{
    /// <summary>What the owner of a stream does when something happens on it. Called on the receiving thread, one at a time.</summary>
    internal interface IStreamOwner
    {
        /// <summary>Writes the stream's first message.</summary>
        void Hello(WireWriter writer, string sessionId);

        /// <summary>Takes a message; false when the bytes are none of the stream's.</summary>
        bool Hear(ReadOnlySpan<byte> message);

        /// <summary>The server has opened the stream: opens the outbox and gives the server back what it no longer has.</summary>
        void Opened();

        /// <summary>The stream broke: nothing that was asked for on it will be answered.</summary>
        void Lost(BridgeException error);
    }
}
