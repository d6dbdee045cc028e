using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Shows on the screen how a connection is doing: share in budget, median and 99th percentile, bytes, late answers by the
    /// stage that is to blame; and gives the profiler the same numbers.
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
        [Tooltip("Draw on the screen. Off: the profiler's counters alone.")]
        private bool visible = true;

        [SerializeField]
        [Tooltip("Where on the screen, in pixels from the top left corner.")]
        private Vector2 place = new Vector2(8f, 8f);

        [SerializeField]
        [Range(8, 48)]
        [Tooltip("Height of the letters in pixels.")]
        private int fontSize = 14;

        private readonly HudText _text = new HudText();
        private BridgeCounters _avatars;
        private BridgeCounters _dialogue;
        private BridgeCounters _cameras;
        private GUIStyle _style;
        private double _writtenAt;

        /// <summary>The connection in use: the one that was set, or the one that was enabled first. May be null.</summary>
        public BridgeConnection Connection
        {
            get => connection == null ? BridgeConnection.Default : connection;
            set => connection = value;
        }

        /// <summary>Whether it draws on the screen; the profiler's counters go on without.</summary>
        public bool Visible
        {
            get => visible;
            set => visible = value;
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

        private void OnDisable() => BridgeLoop.Remove(this);

        private void OnGUI()
        {
            if (!visible || Event.current.type != EventType.Repaint)
            {
                return;
            }

            Renew();
            _style ??= new GUIStyle(GUI.skin.label);
            _style.fontSize = fontSize;
            GUI.Label(new Rect(place.x, place.y, Screen.width - place.x, Screen.height - place.y), Text, _style);
        }

        private void Renew()
        {
            double now = Time.unscaledTimeAsDouble;
            double since = now - _writtenAt;
            if (since < PeriodSeconds && Text.Length > 0)
            {
                return;
            }

            _writtenAt = now;
            BridgeConnection from = Connection;
            Text = from == null ? "FrameBridge  " + ProblemSentences.NoConnection : _text.Write(from, since);
        }
    }
}
