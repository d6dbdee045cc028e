using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// Shows how a connection is doing: share in budget, median and 99th percentile, bytes, late answers by the stage that is
    /// to blame, and what is wrong; and gives the profiler the same numbers. It writes into a label; without one it makes a
    /// canvas of its own, over the screen or, with a headset, in the world.
    /// </summary>
    [AddComponentMenu("FrameBridge/HUD")]
    [HelpURL("https://framebridge.example/unity/manual/hud.html")]
    [DisallowMultipleComponent]
    public sealed class BridgeHud : MonoBehaviour, IBridgeStep
    {
        private const double PeriodSeconds = 0.5;

        [SerializeField]
        [Tooltip("The connection. None: the one that was enabled first.")]
        private BridgeConnection connection;

        [SerializeField]
        [Tooltip("Show it. Off: the profiler's counters alone.")]
        private bool visible = true;

        [SerializeField]
        [Tooltip("Where it is written. None: on a canvas that it makes for itself.")]
        private Text label;

        [SerializeField]
        [Tooltip("Its own canvas. Auto: in the world while a headset shows the picture, else over the screen.")]
        private CanvasPlace display = CanvasPlace.Auto;

        [SerializeField]
        [Tooltip("Its own canvas: where on it, in pixels from the top left corner.")]
        private Vector2 place = new Vector2(8f, 8f);

        [SerializeField]
        [Range(8, 48)]
        [Tooltip("Its own canvas: height of the letters in pixels.")]
        private int fontSize = 14;

        private readonly HudText _text = new HudText();
        private BridgeCounters _avatars;
        private BridgeCounters _dialogue;
        private BridgeCounters _cameras;
        private HudCanvas _canvas;
        private double _writtenAt;

        /// <summary>The connection in use: the one that was set, or the one that was enabled first. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Whether it is shown; the profiler's counters go on without.</summary>
        public bool Visible
        {
            get => visible;
            set => visible = value;
        }

        /// <summary>Where it is written; null means on a canvas that it makes for itself.</summary>
        public Text Label
        {
            get => label;
            set
            {
                Hide();
                label = value;
            }
        }

        /// <summary>Where its own canvas is shown; a label lies where it lies.</summary>
        public CanvasPlace Display
        {
            get => display;
            set => display = value;
        }

        /// <summary>What is shown, renewed twice a second while visible. Main thread only.</summary>
        public string Text { get; private set; } = string.Empty;

        /// <summary>Why the connection is not ready and what mends it, in one sentence; empty when all is well.</summary>
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

        /// <summary>Takes away what it has written, and its own canvas.</summary>
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
