using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// An avatar that a server draws: its look is sent up, and its texture is shown on a renderer, in a canvas or in a
    /// render texture. The newest frame wins, with at most one upload per frame. Main thread only; nothing blocks.
    /// Colours are premultiplied by alpha: blend with One, OneMinusSrcAlpha.
    /// </summary>
    [AddComponentMenu("FrameBridge/Avatar Texture")]
    [HelpURL("https://framebridge.example/unity/manual/avatar-texture.html")]
    [DisallowMultipleComponent]
    public sealed partial class AvatarTexture : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the first one enabled.")]
        private BridgeConnection connection;

        [Header("Look")]
        [SerializeField]
        [Tooltip("The identity; it determines every attribute.")]
        private long seed = 1;

        [SerializeField]
        [Tooltip("Attributes that override the seed.")]
        private List<AvatarTrait> attributes = new List<AvatarTrait>();

        [SerializeField]
        [Tooltip("The expression's name. Empty: the seed's default.")]
        private string expression = string.Empty;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("The expression's strength, from neutral to full.")]
        private float intensity = 1f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds over which a change of the look blends in.")]
        private float morphSeconds = 0.4f;

        [Header("Target")]
        [SerializeField]
        [Tooltip("Shown on this renderer, without touching its shared material.")]
        private Renderer targetRenderer;

        [SerializeField]
        [Tooltip("The texture property of the renderer's shader. Empty: _BaseMap, _BaseColorMap or _MainTex.")]
        private string textureProperty = string.Empty;

        [SerializeField]
        [Tooltip("Shown in this canvas image.")]
        private RawImage targetImage;

        [SerializeField]
        [Tooltip("Copied to this render texture.")]
        private RenderTexture targetTexture;

        [SerializeField]
        [Tooltip("Shown until the first frame.")]
        private Texture fallback;

        [Header("Frames")]
        [SerializeField]
        [Range(1f, 120f)]
        [Tooltip("Frames a second while visible.")]
        private float framesPerSecond = 30f;

        [SerializeField]
        [Range(0f, 120f)]
        [Tooltip("Frames a second while not visible. Below 1: none.")]
        private float offScreenFramesPerSecond = 2f;

        [SerializeField]
        [Min(0.001f)]
        [Tooltip("A frame's budget in seconds.")]
        private float budgetSeconds = 0.05f;

        [SerializeField]
        [Tooltip("Show late frames too. Off: they are dropped.")]
        private bool keepLate;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("Above 0: unchanged pictures are skipped, but one is sent each time this many seconds pass. 0: all are sent.")]
        private float heartbeatSeconds;

        [SerializeField]
        [Tooltip("What happens to the server's slot while this component is disabled.")]
        private WhenDisabled whenDisabled = WhenDisabled.Pause;

        [SerializeField]
        [Tooltip("Called with each texture that is shown for the first time, on the main thread.")]
        private UnityEvent<Texture> onTextureChanged = new UnityEvent<Texture>();

        /// <summary>Raised after each upload, on the main thread. <see cref="LastFrame"/> describes the frame.</summary>
        public event Action<AvatarTexture> Updated;

        /// <summary>The connection in use: the one set, or the first one enabled. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Raised with each texture that is shown for the first time, on the main thread.</summary>
        public UnityEvent<Texture> OnTextureChanged => onTextureChanged;

        /// <summary>
        /// The newest frame's texture, or the fallback until there is one. Owned by this component: do not destroy it.
        /// </summary>
        public Texture Texture => _texture is null ? fallback : _texture;

        /// <summary>The last uploaded frame; its buffer must not be read. All zero before the first.</summary>
        public TextureFrame LastFrame { get; private set; }

        /// <summary>The number of frames uploaded by this component.</summary>
        public long UploadCount { get; private set; }

        /// <summary>The avatar's number on the server; -1 while it has none.</summary>
        public int SlotNumber => _slot == null ? -1 : _slot.Number;

        /// <summary>The current frame rate; lower while the avatar is not visible.</summary>
        public float CurrentRate { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
