using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>Settings of a <see cref="BridgeClient"/>. Changes after the client is made have no effect.</summary>
    public sealed class BridgeOptions
    {
        /// <summary>The server: "127.0.0.1:50051" or "http://host:port" without encryption, "https://host:port" with TLS.</summary>
        public string Address { get; set; } = "127.0.0.1:50051";

        /// <summary>For the server's logs: the game's name.</summary>
        public string ClientName { get; set; } = "framebridge-unity";

        /// <summary>For the server's logs: the game's version.</summary>
        public string ClientVersion { get; set; } = ProtocolVersion.Client;

        /// <summary>Texture formats that the device can sample, best first. Empty means RGBA32 only.</summary>
        public IReadOnlyList<FrameFormat> Formats { get; set; } = new[] { FrameFormat.Rgba32 };

        /// <summary>Whether textures should have their bottom row first, as game engines sample them.</summary>
        public bool BottomUp { get; set; } = true;

        /// <summary>Timeout in seconds of the handshake and other single calls.</summary>
        public double TimeoutSeconds { get; set; } = 5;

        /// <summary>
        /// Longest pause between attempts to reconnect, in seconds. Pauses are 0, 1, 2, 4 and then this, less some
        /// jitter.
        /// </summary>
        public double MaxBackoffSeconds { get; set; } = 8;

        /// <summary>Initial size in bytes of each of a slot's three buffers; they grow for larger frames.</summary>
        public int FrameBufferBytes { get; set; } = 64 * 1024;

        /// <summary>Size in bytes of the largest texture frame accepted; larger ones are dropped and counted.</summary>
        public int MaxFrameBytes { get; set; } = 16 * 1024 * 1024;

        /// <summary>
        /// Size in bytes of the largest message accepted from the server. The transport ends a call that exceeds it.
        /// </summary>
        public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

        /// <summary>
        /// Whether several messages of a stream go as one: those of one game frame up, and those that are ready for the
        /// client down. Only with servers that agree (minor 4). Off: each message travels by itself.
        /// </summary>
        public bool Bundles { get; set; } = true;

        /// <summary>
        /// Returns the token sent as "authorization: Bearer ..." with every call, or null for none. Called once per
        /// connection, on any thread. Never store tokens in scenes.
        /// </summary>
        public Func<CancellationToken, Task<string>> TokenProvider { get; set; }

        /// <summary>PEM certificates of the private authority that signed the server's; null for those of the system.</summary>
        public string RootCertificates { get; set; }

        /// <summary>Records the traffic for a later replay; null for none.</summary>
        public Recorder Recorder { get; set; }

        /// <summary>Makes the transport; null for the one registered in <see cref="BridgeTransports"/>.</summary>
        public Func<BridgeOptions, IBridgeTransport> Transport { get; set; }
    }
}
