using System;
using System.Threading;
using System.Threading.Tasks;
using UnityEngine;
using UnityEngine.Events;

namespace FrameBridge
{
    /// <summary>
    /// A game's connection to one server, as a component: connects when enabled, closes when disabled, and reconnects
    /// by itself. Main thread only; nothing blocks, except closing for at most 200 milliseconds.
    /// </summary>
    [AddComponentMenu("FrameBridge/Connection")]
    [HelpURL("https://framebridge.example/unity/manual/connection.html")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(-100)]
    public sealed partial class BridgeConnection : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The server and how to connect. None: the defaults, a server on this machine.")]
        private BridgeSettings settings;

        [SerializeField]
        [Tooltip("Connect when the component is enabled. Off: call Connect.")]
        private bool connectOnEnable = true;

        [SerializeField]
        [Tooltip("Keep this object when another scene is loaded, and remove copies of it. It has to be at the root of its scene.")]
        private bool keepAcrossScenes;

        [SerializeField]
        [Tooltip("A recording to play in place of a server.")]
        private TextAsset recording;

        [SerializeField]
        [Tooltip("Repeat the recording at its end.")]
        private bool loopRecording = true;

        [SerializeField]
        [Tooltip("Called on each change of state, on the main thread.")]
        private UnityEvent<BridgeState> onStateChanged = new UnityEvent<BridgeState>();

        private const double JudgeSeconds = 0.1;

        private readonly ConnectionProblem _problem = new ConnectionProblem();
        private readonly ProblemLog _log = new ProblemLog();
        private StateRelay _relay;
        private BridgeException _error;
        private string _address = string.Empty;
        private double _judgeAt;
        private bool _wanted;

        /// <summary>Raised at each change of state, on the main thread.</summary>
        public event Action<BridgeStateChange> StateChanged;

        /// <summary>
        /// Raised before a client is made, to set what the settings do not contain, such as a transport or a recorder.
        /// </summary>
        public event Action<BridgeOptions> Configuring;

        /// <summary>
        /// The server and how to connect; null for the defaults. A change takes effect at the next
        /// <see cref="Connect"/>.
        /// </summary>
        public BridgeSettings Settings
        {
            get => settings;
            set => settings = value;
        }

        /// <summary>Whether to connect when the component is enabled.</summary>
        public bool ConnectOnEnable
        {
            get => connectOnEnable;
            set => connectOnEnable = value;
        }

        /// <summary>
        /// Whether this object is kept when another scene is loaded. A second one that awakes with the same recording
        /// or, without one, the same server address, is removed in favour of the kept one. Switching it off later has
        /// no effect.
        /// </summary>
        public bool KeepAcrossScenes
        {
            get => keepAcrossScenes;
            set
            {
                keepAcrossScenes = value;
                if (_awake)
                {
                    Keep();
                }
            }
        }

        /// <summary>A recording to play in place of a server, or null.</summary>
        public TextAsset Recording
        {
            get => recording;
            set => recording = value;
        }

        /// <summary>Whether the recording repeats at its end.</summary>
        public bool LoopRecording
        {
            get => loopRecording;
            set => loopRecording = value;
        }

        /// <summary>
        /// Returns the token sent with every call, or null for none. Set it from code: tokens do not belong in scenes.
        /// May be called on any thread.
        /// </summary>
        public Func<CancellationToken, Task<string>> TokenProvider { get; set; }

        /// <summary>Called on each change of state, on the main thread.</summary>
        public UnityEvent<BridgeState> OnStateChanged => onStateChanged;

        /// <summary>The client; null while this component is disabled or not connecting.</summary>
        public BridgeClient Client { get; private set; }

        /// <summary>The connection's state, as last reported on the main thread.</summary>
        public BridgeState State { get; private set; }

        /// <summary>
        /// Why the connection is not ready and how to fix it, in one sentence; empty when all is well, and for the
        /// first 0.75 seconds of connecting.
        /// </summary>
        public string Problem => isActiveAndEnabled ? _problem.Text : ProblemSentences.Disabled;

        bool IBridgeStep.IsFirst => true;

        /// <summary>Starts connecting and keeps trying. Returns at once. Does nothing if already started.</summary>
        public void Connect()
        {
            _wanted = true;
            if (!isActiveAndEnabled)
            {
                return;
            }

            if (Application.platform == RuntimePlatform.WebGLPlayer)
            {
                RefuseForGood(Threads.NoneInWebGL);
                return;
            }

            if (Client != null && Client.State == BridgeState.Closed)
            {
                Drop(); // it was closed: make another one
            }

            if (Client != null)
            {
                Client.Connect(); // after a pause or a refusal; else it has no effect
            }
            else
            {
                Begin();
            }
        }

        /// <summary>
        /// Ends every stream, thread and socket of this connection, within 200 milliseconds. May be called more than
        /// once.
        /// </summary>
        public void Disconnect()
        {
            _wanted = false;
            Drop();
        }

        void IBridgeStep.Step()
        {
            Client?.BeginUpdate();
            double now = Time.unscaledTimeAsDouble;
            if (TellChanges() || now >= _judgeAt || _problem.Key.Length > 0)
            {
                Judge(now);
            }
        }

        private void Judge(double now)
        {
            _judgeAt = now + JudgeSeconds;
            BridgeClient client = Client;
            BridgeState state = client == null ? State : client.State; // the reported state is a frame behind
            BridgeException error = client == null ? _error : client.LastError;
            _problem.Judge(state, error, client, _address, now);
            if (state == BridgeState.Ready)
            {
                _log.Well(now);
            }
            else if (_problem.Key.Length > 0 && state != BridgeState.Refused && state != BridgeState.Offline)
            {
                _log.Note(now, _problem.Key, _problem.Text, this);
            }
        }

        private bool TellChanges()
        {
            bool any = false;
            while (_relay != null && _relay.TryTake(out BridgeStateChange change))
            {
                any = true;
                Tell(change);
            }

            return any;
        }

        private void Begin()
        {
            try
            {
                BridgeOptions options = MakeOptions();
                _address = options.Address;
                Client = new BridgeClient(options);
            }
            catch (Exception error) when (error is ArgumentException || error is BridgeException || error is System.IO.IOException)
            {
                Refuse(Sentence(error));
                return;
            }

            _relay = new StateRelay(Client);
            Client.Connect();
        }

        private void Refuse(BridgeException why) => Tell(new BridgeStateChange(State, BridgeState.Refused, false, why));

        /// <summary>Logs an error that retrying does not fix, once.</summary>
        private void RefuseForGood(string why)
        {
            if (State != BridgeState.Refused)
            {
                Refuse(new BridgeException(ErrorReason.NoTransport, why));
            }
        }

        private static BridgeException Sentence(Exception error) =>
            error as BridgeException ?? new BridgeException(ErrorReason.OutOfRange, error.Message, false, error);

        internal BridgeOptions MakeOptions()
        {
            BridgeOptions options = settings == null ? DefaultOptions() : settings.ToOptions();
            options.TokenProvider = TokenProvider;
            if (recording != null)
            {
                byte[] bytes = recording.bytes;
                bool loop = loopRecording;
                options.Transport = _ => new ReplayTransport(new System.IO.MemoryStream(bytes, false), 1, loop);
            }

            Configuring?.Invoke(options);
            return options;
        }

        private static BridgeOptions DefaultOptions() => new BridgeOptions
        {
            ClientName = Application.productName,
            Formats = DeviceFormats.Supported(true),
        };

        private void Drop()
        {
            BridgeClient client = Client;
            if (client == null)
            {
                return;
            }

            _relay.Stop();
            _relay = null;
            Client = null;
            client.Close();
            Tell(new BridgeStateChange(State, BridgeState.Offline, false, null));
        }

        private void Tell(BridgeStateChange change)
        {
            if (change.To == State && change.Error == null)
            {
                return;
            }

            State = change.To;
            _error = change.Error;
            Judge(Time.unscaledTimeAsDouble);
            if (change.To == BridgeState.Refused)
            {
                Debug.LogError("FrameBridge: " + (change.Error == null ? Problem : change.Error.Message), this);
            }

            StateChanged?.Invoke(change);
            onStateChanged.Invoke(change.To);
        }
    }
}
