using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What a server tells before it is asked for anything. Made by transports.</summary>
    public sealed class HandshakeAnswer
    {
        /// <summary>The major version of the contract that the server speaks.</summary>
        public int ProtocolMajor { get; set; }

        /// <summary>The minor version of the contract that the server speaks.</summary>
        public int ProtocolMinor { get; set; }

        /// <summary>The server's version.</summary>
        public string ServerVersion { get; set; } = string.Empty;

        /// <summary>To be sent in the first message of every stream.</summary>
        public string SessionId { get; set; } = string.Empty;

        /// <summary>Whether the slots and conversations of the session asked for are still there.</summary>
        public bool Resumed { get; set; }

        /// <summary>How long the session outlives its last stream, in microseconds.</summary>
        public long GraceMicros { get; set; }

        /// <summary>What the server can do just now.</summary>
        public IReadOnlyList<Capability> Capabilities { get; set; } = Array.Empty<Capability>();

        /// <summary>Its models.</summary>
        public IReadOnlyList<BridgeModel> Models { get; set; } = Array.Empty<BridgeModel>();

        /// <summary>The texture formats agreed on, best first.</summary>
        public IReadOnlyList<FrameFormat> Formats { get; set; } = Array.Empty<FrameFormat>();

        /// <summary>The ceilings.</summary>
        public BridgeLimits Limits { get; set; } = new BridgeLimits();
    }
}
