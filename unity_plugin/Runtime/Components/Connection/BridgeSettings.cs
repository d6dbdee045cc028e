using UnityEngine;

namespace FrameBridge
{
    /// <summary>The server's address and how to connect, as an asset that scenes share. It never contains a token.</summary>
    [CreateAssetMenu(menuName = "FrameBridge/Settings", fileName = "FrameBridgeSettings")]
    [HelpURL("https://framebridge.example/unity/manual/connection.html")]
    public sealed class BridgeSettings : ScriptableObject
    {
        [SerializeField]
        [Tooltip("The server: 127.0.0.1:50051 or http://host:port without encryption, https://host:port with TLS.")]
        private string address = "127.0.0.1:50051";

        [SerializeField]
        [Tooltip("For the server's logs. Empty: the product's name.")]
        private string clientName = string.Empty;

        [SerializeField]
        [Tooltip("For https with a private authority: its certificates in PEM. None: those of the system.")]
        private TextAsset rootCertificates;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("Timeout in seconds of the handshake and other single calls.")]
        private float timeoutSeconds = 5f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Longest pause between attempts to reconnect, in seconds.")]
        private float maxBackoffSeconds = 8f;

        [SerializeField]
        [Tooltip("Offer the compressed formats that this device can sample. Off: RGBA32 only.")]
        private bool compressedTextures = true;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("Milliseconds of a frame that FrameBridge may take on the main thread.")]
        private float mainThreadMilliseconds = 2f;

        [SerializeField]
        [Tooltip("Keep the game running when it loses the focus; otherwise its streams stop.")]
        private bool runInBackground = true;

        /// <summary>The server: "host:port", "http://host:port" or, with TLS, "https://host:port".</summary>
        public string Address
        {
            get => address;
            set => address = value;
        }

        /// <summary>For the server's logs: the game's name. Empty means the product's name.</summary>
        public string ClientName
        {
            get => clientName;
            set => clientName = value;
        }

        /// <summary>PEM certificates of a private authority; null for those of the system.</summary>
        public TextAsset RootCertificates
        {
            get => rootCertificates;
            set => rootCertificates = value;
        }

        /// <summary>Timeout in seconds of the handshake and other single calls.</summary>
        public float TimeoutSeconds
        {
            get => timeoutSeconds;
            set => timeoutSeconds = value;
        }

        /// <summary>Longest pause between attempts to reconnect, in seconds.</summary>
        public float MaxBackoffSeconds
        {
            get => maxBackoffSeconds;
            set => maxBackoffSeconds = value;
        }

        /// <summary>Whether the compressed formats that this device can sample are offered to the server.</summary>
        public bool CompressedTextures
        {
            get => compressedTextures;
            set => compressedTextures = value;
        }

        /// <summary>Milliseconds of a frame that FrameBridge may take on the main thread.</summary>
        public float MainThreadMilliseconds
        {
            get => mainThreadMilliseconds;
            set => mainThreadMilliseconds = value;
        }

        /// <summary>Whether the game is kept running when it loses the focus.</summary>
        public bool RunInBackground
        {
            get => runInBackground;
            set => runInBackground = value;
        }

        /// <summary>The client's options from these settings and this device. Main thread only.</summary>
        public BridgeOptions ToOptions() => new BridgeOptions
        {
            Address = address,
            ClientName = string.IsNullOrEmpty(clientName) ? Application.productName : clientName,
            RootCertificates = rootCertificates == null ? null : rootCertificates.text,
            TimeoutSeconds = timeoutSeconds,
            MaxBackoffSeconds = maxBackoffSeconds,
            Formats = DeviceFormats.Supported(compressedTextures),
        };
    }
}
