using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// Shows a connection's statistics: share in budget, median and 99th percentile, bytes, late answers by stage, and
    /// its problem; also as profiler counters. It writes to a label; without one it makes its own canvas, over the
    /// screen or, with a headset, in the world.
    /// </summary>
    [AddComponentMenu("FrameBridge/HUD")]
    [HelpURL("https://framebridge.example/unity/manual/hud.html")]
    [DisallowMultipleComponent]
    public sealed class BridgeHud : MonoBehaviour, IBridgeStep
    {
        private const double PeriodSeconds = 0.5;

        [SerializeField]
        [Tooltip("The connection. None: the first one enabled.")]
        private BridgeConnection connection;

        [SerializeField]
        [Tooltip("Show it. Off: only the profiler's counters.")]
        private bool visible = true;

        [SerializeField]
        [Tooltip("The label to write to. None: its own canvas.")]
        private Text label;

        [SerializeField]
        [Tooltip("Its own canvas. Auto: in the world while a headset is active, else over the screen.")]
        private CanvasPlace display = CanvasPlace.Auto;

        [SerializeField]
        [Tooltip("Its own canvas: position in pixels from the top left corner.")]
        private Vector2 place = new Vector2(8f, 8f);

        [SerializeField]
        [Range(8, 48)]
        [Tooltip("Its own canvas: text size in pixels.")]
        private int fontSize = 14;

        private readonly HudText _text = new HudText();
        private BridgeCounters _avatars;
        private BridgeCounters _dialogue;
        private BridgeCounters _cameras;
        private HudCanvas _canvas;
        private double _writtenAt;

        /// <summary>The connection in use: the one set, or the first one enabled. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Whether it is shown; the profiler's counters continue.</summary>
        public bool Visible
        {
            get => visible;
            set => visible = value;
        }

        /// <summary>The label to write to; null for its own canvas.</summary>
        public Text Label
        {
            get => label;
            set
            {
                Hide();
                label = value;
            }
        }

        /// <summary>Where its own canvas is shown; without effect on a label.</summary>
        public CanvasPlace Display
        {
            get => display;
            set => display = value;
        }

        /// <summary>The shown text, updated twice a second while visible. Main thread only.</summary>
        public string Text { get; private set; } = string.Empty;

        /// <summary>Why the connection is not ready and how to fix it, in one sentence; empty when all is well.</summary>
        public string Problem => Connection == null ? ProblemSentences.NoConnection : Connection.Problem;

        bool IBridgeStep.IsFirst => false;

        void IBridgeStep.Step()
        {
            BridgeConnection from = Connection;
            BridgeClient client = from is null ? null : from.Client;
            if (client == null)
            {
                return;
            }

            _avatars.Show(client.Statistics.Avatar);
            _dialogue.Show(client.Statistics.Dialogue);
            _cameras.Show(client.Statistics.Recognition);
        }

        private void OnEnable()
        {
            _avatars = _avatars ?? new BridgeCounters("avatar frames");
            _dialogue = _dialogue ?? new BridgeCounters("first tokens");
            _cameras = _cameras ?? new BridgeCounters("recognitions");
            BridgeLoop.Add(this);
        }

        private void OnDisable()
        {
            BridgeLoop.Remove(this);
            Hide();
        }

        private void LateUpdate()
        {
            if (!visible)
            {
                Hide();
                return;
            }

            double now = Time.unscaledTimeAsDouble;
            if (Text.Length == 0 || now - _writtenAt >= PeriodSeconds)
            {
                Write(now - _writtenAt);
                _writtenAt = now;
            }
        }

        private void Write(double seconds)
        {
            BridgeConnection from = Connection;
            Text = from == null ? "FrameBridge  " + ProblemSentences.NoConnection : _text.Write(from, seconds);
            Target().text = Text;
        }

        private Text Target()
        {
            if (label != null)
            {
                return label;
            }

            if (_canvas == null || !_canvas.IsThere)
            {
                _canvas = new HudCanvas();
            }

            _canvas.Arrange(display, place, fontSize);
            return _canvas.Label;
        }

        /// <summary>Clears its text and removes its own canvas.</summary>
        private void Hide()
        {
            if (Text.Length == 0)
            {
                return;
            }

            Text = string.Empty;
            _canvas?.Destroy();
            _canvas = null;
            if (label != null)
            {
                label.text = string.Empty;
            }
        }
    }
}
