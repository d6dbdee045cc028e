using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>Settings of a <see cref="BridgeClient"/>. Set them before the client is made; later changes have no effect.</summary>
    public sealed class BridgeOptions
    {
        /// <summary>The server: "127.0.0.1:50051" or "http://host:port" without encryption, "https://host:port" with TLS.</summary>
        public string Address { get; set; } = "127.0.0.1:50051";

        /// <summary>For the server's logs: the game's name.</summary>
        public string ClientName { get; set; } = "framebridge-unity";

        /// <summary>For the server's logs: the game's version.</summary>
        public string ClientVersion { get; set; } = ProtocolVersion.Client;

        /// <summary>Texture formats that the device can sample, best first. Empty means RGBA32 alone.</summary>
        public IReadOnlyList<FrameFormat> Formats { get; set; } = new[] { FrameFormat.Rgba32 };

        /// <summary>Whether textures shall come with their bottom row first, as game engines sample them.</summary>
        public bool BottomUp { get; set; } = true;

        /// <summary>Seconds that the handshake and other single calls may take.</summary>
        public double TimeoutSeconds { get; set; } = 5;

        /// <summary>Longest pause between two tries to reconnect, in seconds. Pauses are 0, 1, 2, 4 and then this, less some jitter.</summary>
        public double MaxBackoffSeconds { get; set; } = 8;

        /// <summary>Bytes that each of a slot's three buffers has from the start; a larger frame makes it grow once.</summary>
        public int FrameBufferBytes { get; set; } = 64 * 1024;

        /// <summary>Bytes of the largest texture frame that is accepted; a larger one is dropped and counted.</summary>
        public int MaxFrameBytes { get; set; } = 16 * 1024 * 1024;

        /// <summary>Bytes of the largest message that is accepted from the server. The transport ends a call that passes it.</summary>
        public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

        /// <summary>
        /// Gives the token sent as "authorization: Bearer ..." with every call, or null for none. It is asked for again at
        /// each connection and may be called on any thread. Never store tokens in scenes.
        /// </summary>
        public Func<CancellationToken, Task<string>> TokenProvider { get; set; }

        /// <summary>Certificates, in PEM, of the private authority that signed the server's; null means those of the system.</summary>
        public string RootCertificates { get; set; }

        /// <summary>Keeps what goes over the wire for a later replay; null keeps nothing.</summary>
        public Recorder Recorder { get; set; }

        /// <summary>Makes the transport; null means the one registered in <see cref="BridgeTransports"/>.</summary>
        public Func<BridgeOptions, IBridgeTransport> Transport { get; set; }
    }
}
