using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// An avatar that a server draws: its look goes up, its texture comes down and is shown on a renderer, in a canvas or in
    /// a render texture. The newest frame wins; there is at most one upload a frame. Main thread only; nothing blocks.
    /// Colours come multiplied by alpha: blend with One, OneMinusSrcAlpha.
    /// </summary>
    [AddComponentMenu("FrameBridge/Avatar Texture")]
    [HelpURL("https://framebridge.example/unity/manual/avatar-texture.html")]
    [DisallowMultipleComponent]
    public sealed partial class AvatarTexture : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the one that was enabled first.")]
        private BridgeConnection connection;

        [Header("Look")]
        [SerializeField]
        [Tooltip("The identity: every attribute follows from it.")]
        private long seed = 1;

        [SerializeField]
        [Tooltip("Attributes that differ from what the seed gives.")]
        private List<AvatarTrait> attributes = new List<AvatarTrait>();

        [SerializeField]
        [Tooltip("The expression's name. Empty: the one of the seed.")]
        private string expression = string.Empty;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("How strong the expression is, from neutral to full.")]
        private float intensity = 1f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds that a change of the look takes.")]
        private float morphSeconds = 0.4f;

        [Header("Target")]
        [SerializeField]
        [Tooltip("Shown on this renderer, without touching its shared material.")]
        private Renderer targetRenderer;

        [SerializeField]
        [Tooltip("The texture's name in the renderer's shader. Empty: _BaseMap, _BaseColorMap or _MainTex.")]
        private string textureProperty = string.Empty;

        [SerializeField]
        [Tooltip("Shown in this picture of a canvas.")]
        private RawImage targetImage;

        [SerializeField]
        [Tooltip("Copied into this render texture.")]
        private RenderTexture targetTexture;

        [SerializeField]
        [Tooltip("Shown until the first frame has come.")]
        private Texture fallback;

        [Header("Frames")]
        [SerializeField]
        [Range(1f, 120f)]
        [Tooltip("Frames a second while it can be seen.")]
        private float framesPerSecond = 30f;

        [SerializeField]
        [Range(0f, 120f)]
        [Tooltip("Frames a second while nobody sees it. Below 1: none.")]
        private float offScreenFramesPerSecond = 2f;

        [SerializeField]
        [Min(0.001f)]
        [Tooltip("Seconds that a frame may take to be of use.")]
        private float budgetSeconds = 0.05f;

        [SerializeField]
        [Tooltip("Show frames that came after their budget too. Off: they are left out.")]
        private bool keepLate;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("Above 0: while nothing changes no picture is sent, but one in so many seconds. 0: every picture is sent.")]
        private float heartbeatSeconds;

        [SerializeField]
        [Tooltip("What becomes of the server's slot while this component is disabled.")]
        private WhenDisabled whenDisabled = WhenDisabled.Pause;

        [SerializeField]
        [Tooltip("Told each texture that is shown for the first time, on the main thread.")]
        private UnityEvent<Texture> onTextureChanged = new UnityEvent<Texture>();

        /// <summary>Raised after each upload, on the main thread. <see cref="LastFrame"/> says what it was.</summary>
        public event Action<AvatarTexture> Updated;

        /// <summary>The connection in use: the one that was set, or the one that was enabled first. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Told each texture that is shown for the first time, on the main thread.</summary>
        public UnityEvent<Texture> OnTextureChanged => onTextureChanged;

        /// <summary>The newest frame's texture, or the fallback until there is one. It is this component's: do not destroy it.</summary>
        public Texture Texture => _texture is null ? fallback : _texture;

        /// <summary>The frame that was uploaded last; its buffer must not be read. All zero before the first.</summary>
        public TextureFrame LastFrame { get; private set; }

        /// <summary>Frames that were uploaded since this component was made.</summary>
        public long UploadCount { get; private set; }

        /// <summary>The avatar's number on the server; -1 while it has none.</summary>
        public int SlotNumber => _slot == null ? -1 : _slot.Number;

        /// <summary>Frames a second that are asked for just now: fewer while nobody sees the avatar.</summary>
        public float CurrentRate { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
