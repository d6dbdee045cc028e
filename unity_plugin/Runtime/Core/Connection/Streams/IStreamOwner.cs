using System;

namespace FrameBridge
{
    /// <summary>Callbacks of a stream to its owner. Called on the receiving thread, one at a time.</summary>
    internal interface IStreamOwner
    {
        /// <summary>Writes the stream's first message.</summary>
        void WriteOpening(WireWriter writer, string sessionId);

        /// <summary>Reads a message; false if the bytes are not valid.</summary>
        bool Receive(ReadOnlySpan<byte> message);

        /// <summary>The server has opened the stream: opens the outbox and resends what the server no longer has.</summary>
        void Opened();

        /// <summary>The stream broke: its open requests will not be answered.</summary>
        void Lost(BridgeException error);
    }
}
