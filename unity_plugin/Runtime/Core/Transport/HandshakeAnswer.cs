using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>The server's answer to the handshake. Made by transports.</summary>
    public sealed class HandshakeAnswer
    {
        /// <summary>The major version of the contract that the server speaks.</summary>
        public int ProtocolMajor { get; set; }

        /// <summary>The minor version of the contract that the server speaks.</summary>
        public int ProtocolMinor { get; set; }

        /// <summary>The server's version.</summary>
        public string ServerVersion { get; set; } = string.Empty;

        /// <summary>The session's id, sent in the first message of every stream.</summary>
        public string SessionId { get; set; } = string.Empty;

        /// <summary>Whether the requested session, with its slots and conversations, was resumed.</summary>
        public bool Resumed { get; set; }

        /// <summary>How long the session is kept after its last stream, in microseconds.</summary>
        public long GraceMicros { get; set; }

        /// <summary>The server's capabilities at the moment.</summary>
        public IReadOnlyList<Capability> Capabilities { get; set; } = Array.Empty<Capability>();

        /// <summary>The server's models.</summary>
        public IReadOnlyList<BridgeModel> Models { get; set; } = Array.Empty<BridgeModel>();

        /// <summary>The texture formats agreed on, best first.</summary>
        public IReadOnlyList<FrameFormat> Formats { get; set; } = Array.Empty<FrameFormat>();

        /// <summary>The server's limits.</summary>
        public BridgeLimits Limits { get; set; } = new BridgeLimits();

        /// <summary>Whether both sides may send bundles on the streams of this session. Servers before minor 4 never agree.</summary>
        public bool Bundles { get; set; }
    }
}
