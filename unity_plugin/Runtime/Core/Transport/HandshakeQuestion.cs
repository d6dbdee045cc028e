using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>The client's request to open or resume a session. Passed to transports.</summary>
    public sealed class HandshakeQuestion
    {
        /// <summary>For the logs: the client's name.</summary>
        public string ClientName { get; set; } = string.Empty;

        /// <summary>For the logs: the client's version.</summary>
        public string ClientVersion { get; set; } = string.Empty;

        /// <summary>Texture formats that the client can sample, best first.</summary>
        public IReadOnlyList<FrameFormat> Formats { get; set; }

        /// <summary>Whether textures should have their bottom row first.</summary>
        public bool BottomUp { get; set; }

        /// <summary>A session to resume, or empty.</summary>
        public string ResumeSessionId { get; set; } = string.Empty;

        /// <summary>Whether the client sends and reads bundles: several messages of a stream as one.</summary>
        public bool WantsBundles { get; set; }
    }
}
