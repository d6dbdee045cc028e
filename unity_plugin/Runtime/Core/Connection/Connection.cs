using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The channel to one server and its session: handshake and reconnection. Independent of avatars, dialogue and
    /// cameras. Any thread.
    /// </summary>
    internal sealed partial class Connection
    {
        private const double SteadySeconds = 10;
        private readonly BridgeOptions _options;
        private readonly Action<BridgeStateChange> _changed;
        private readonly CancellationTokenSource _closing = new CancellationTokenSource();
        private readonly LinkMeter _link = new LinkMeter();
        private readonly Backoff _backoff;
        private readonly object _gate = new object();
        private readonly List<Task> _running = new List<Task>();
        private readonly List<TaskCompletionSource<BridgeException>> _waiters = new List<TaskCompletionSource<BridgeException>>();
        private TaskCompletionSource<Session> _ready = NewReady();
        private TaskCompletionSource<BridgeException> _lost;
        private Session _session;
        private CancellationTokenSource _run;
        private Task _trying = Task.CompletedTask;
        private HandshakeAnswer _answer;
        private BridgeException _error;
        private BridgeState _state = BridgeState.Offline;
        private long _lastIndex;
        private double _readySince;
        private double _closeBy;
        private int _reconnects;
        private bool _isReplay;

        public Connection(BridgeOptions options, Action<BridgeStateChange> changed)
        {
            _options = options;
            _changed = changed;
            _backoff = new Backoff(options.MaxBackoffSeconds, Environment.TickCount);
            Closing = _closing.Token;
        }

        /// <summary>Cancelled when the client closes.</summary>
        public CancellationToken Closing { get; }

        /// <summary>The game's updates; none run in a program without a game loop.</summary>
        public GameUpdate Update { get; } = new GameUpdate();

        public BridgeState State => Locked(c => c._state);

        public BridgeException Error => Locked(c => c._error);

        public HandshakeAnswer Answer => Locked(c => c._answer);

        /// <summary>Whether the newest connection plays a recording.</summary>
        public bool IsReplay => Locked(c => c._isReplay);

        public int ReconnectCount => Locked(c => c._reconnects);

        public BridgeLimits Limits => Answer?.Limits;

        /// <summary>The link's pinged round trip in seconds; 0 when not known.</summary>
        public double LinkSeconds => _link.Seconds;

        /// <summary>The newest ping's round trip; false if the caller, who keeps the count, has read them all.</summary>
        public bool TryReadPing(ref long count, out double seconds) => _link.TryReadNewest(ref count, out seconds);

        /// <summary>
        /// A number above every earlier one of this client and above <paramref name="atLeast"/>: indices and turns only
        /// increase.
        /// </summary>
        public long NextIndex(long atLeast)
        {
            lock (_gate)
            {
                _lastIndex = Math.Max(_lastIndex, atLeast) + 1;
                return _lastIndex;
            }
        }

        /// <summary>Starts connecting, unless already started.</summary>
        public void Start()
        {
            lock (_gate)
            {
                ThrowIfClosed();
                if (_state == BridgeState.Offline || _state == BridgeState.Refused)
                {
                    var from = _state;
                    _state = BridgeState.Connecting;
                    _error = null;
                    var run = CancellationTokenSource.CreateLinkedTokenSource(Closing);
                    _run = run;
                    _trying = Task.Run(() => RunAsync(from, run));
                    Watch(_trying);
                }
            }
        }

        /// <summary>Null once the client is ready; else why it never will be ready.</summary>
        public Task<BridgeException> OutcomeAsync()
        {
            var waiter = new TaskCompletionSource<BridgeException>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _waiters.Add(waiter);
                Tell(_state, _error);
            }

            return waiter.Task;
        }

        /// <summary>Waits for the current connection. Cancelled when the client closes.</summary>
        public Task<Session> ReadyAsync()
        {
            lock (_gate)
            {
                return _ready.Task;
            }
        }

        /// <summary>A stream of this connection broke; reconnects if the connection is lost.</summary>
        public void Report(Session session, BridgeException error)
        {
            lock (_gate)
            {
                if (ReferenceEquals(session, _session) && _state != BridgeState.Closed)
                {
                    _error = error;
                    if (error.IsLost)
                    {
                        _lost.TrySetResult(error);
                        Renew(); // at once: the reporting stream must not get this connection again
                    }
                }
            }
        }

        /// <summary>Drops the current connection and reconnects.</summary>
        public void Drop()
        {
            lock (_gate)
            {
                _lost?.TrySetResult(new BridgeException(ErrorReason.ConnectionLost, "the connection was dropped on request", isLost: true));
            }
        }

        /// <summary>Closing waits for this task.</summary>
        public void Watch(Task running)
        {
            lock (_gate)
            {
                _running.RemoveAll(task => task.IsCompleted);
                _running.Add(running);
            }
        }

        private static TaskCompletionSource<Session> NewReady() =>
            new TaskCompletionSource<Session>(TaskCreationOptions.RunContinuationsAsynchronously);

        private T Locked<T>(Func<Connection, T> read)
        {
            lock (_gate)
            {
                return read(this);
            }
        }

        private void ThrowIfClosed()
        {
            if (_state == BridgeState.Closed)
            {
                throw new BridgeException(ErrorReason.Closed, "the client was closed; make another one");
            }
        }

        private void Renew()
        {
            if (_ready.Task.IsCompleted && _state != BridgeState.Closed)
            {
                _ready = NewReady();
            }
        }

        private void Move(CancellationTokenSource run, BridgeState to, BridgeException error, bool resumed)
        {
            BridgeState from;
            lock (_gate)
            {
                if (!IsPresent(run))
                {
                    return;
                }

                from = _state;
                _state = to;
                _error = error;
                Tell(to, error);
            }

            if (from != to || to == BridgeState.Connecting)
            {
                Raise(new BridgeStateChange(from, to, resumed, error));
            }
        }

        /// <summary>Whether this run is the current one, neither suspended nor closed. Under the gate.</summary>
        private bool IsPresent(CancellationTokenSource run) => ReferenceEquals(run, _run) && _state != BridgeState.Closed;

        private void Tell(BridgeState state, BridgeException error)
        {
            if (state == BridgeState.Ready || state == BridgeState.Refused || state == BridgeState.Closed)
            {
                foreach (var waiter in _waiters)
                {
                    waiter.TrySetResult(state == BridgeState.Ready ? null : error);
                }

                _waiters.Clear();
            }
        }

        private void Raise(BridgeStateChange change)
        {
            try
            {
                _changed(change);
            }
            catch (Exception)
            {
                // A listener's exception must not end the connection.
            }
        }
    }
}
