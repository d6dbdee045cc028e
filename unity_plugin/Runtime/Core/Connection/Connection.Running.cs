using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <content>Connections one after the other, each from its handshake to its loss.</content>
    internal sealed partial class Connection
    {
        private const int FirstPings = 3;

        private async Task RunAsync(BridgeState from, CancellationTokenSource run)
        {
            using (run)
            {
                _backoff.Reset();
                Raise(new BridgeStateChange(from, BridgeState.Connecting, false, null));
                try
                {
                    do
                    {
                        await Task.Delay(TimeSpan.FromSeconds(_backoff.Next()), run.Token).ConfigureAwait(false);
                    }
                    while (await TryOnceAsync(run).ConfigureAwait(false));
                }
                catch (OperationCanceledException)
                {
                    // The client is closing or suspended.
                }
            }
        }

        /// <summary>One connection from its handshake to its loss; false if trying again is pointless.</summary>
        private async Task<bool> TryOnceAsync(CancellationTokenSource run)
        {
            Session session;
            try
            {
                session = await ConnectOnceAsync(run.Token).ConfigureAwait(false);
            }
            catch (Exception thrown)
            {
                run.Token.ThrowIfCancellationRequested();
                var error = BridgeErrors.Of(thrown);
                var tryAgain = error.IsLost || error.Reason == ErrorReason.Overloaded;
                Move(run, tryAgain ? State : BridgeState.Refused, error, false);
                return tryAgain;
            }

            try
            {
                var watch = new ConnectionWatch(session, _link, _options.TimeoutSeconds);
                Leave(run, await watch.RunAsync(Ready(run, session)).ConfigureAwait(false));
                return true;
            }
            finally
            {
                if (Release(session))
                {
                    session.Dispose();
                }
            }
        }

        /// <summary>
        /// Whether to dispose the session here: one that closing has taken still has to end it on the server.
        /// </summary>
        private bool Release(Session session)
        {
            lock (_gate)
            {
                return _state != BridgeState.Closed || !ReferenceEquals(session, _session);
            }
        }

        private async Task<Session> ConnectOnceAsync(CancellationToken ending)
        {
            var transport = BridgeTransports.Create(_options);
            try
            {
                using (var patience = CancellationTokenSource.CreateLinkedTokenSource(ending))
                {
                    patience.CancelAfter(TimeSpan.FromSeconds(_options.TimeoutSeconds));
                    var answer = await transport.HandshakeAsync(Question(), patience.Token).ConfigureAwait(false);
                    CheckVersion(answer);
                    _link.Measure(await QuickestPingAsync(transport, patience.Token).ConfigureAwait(false), 0);
                    return new Session(transport, answer, ending);
                }
            }
            catch (Exception thrown)
            {
                transport.Dispose();
                var error = transport.ErrorOf(thrown);
                throw error.Reason == ErrorReason.Cancelled ? Silence() : error;
            }
        }

        /// <summary>
        /// The first ping of a connection is slow because code is cold: the fastest of a few measures the link.
        /// </summary>
        private static async Task<double> QuickestPingAsync(IBridgeTransport transport, CancellationToken patience)
        {
            var quickest = double.MaxValue;
            for (var i = 0; i < FirstPings; i++)
            {
                var began = Clock.Now;
                var server = await transport.PingAsync(patience).ConfigureAwait(false);
                quickest = Math.Min(quickest, Clock.Now - began - (server / 1e6));
            }

            return quickest;
        }

        private BridgeException Silence() => new BridgeException(
            ErrorReason.NoAnswer, $"no answer from {_options.Address} within {_options.TimeoutSeconds} s; is the server running?", isLost: true);

        private HandshakeQuestion Question() => new HandshakeQuestion
        {
            ClientName = _options.ClientName,
            ClientVersion = _options.ClientVersion,
            Formats = _options.Formats,
            BottomUp = _options.BottomUp,
            ResumeSessionId = Answer?.SessionId ?? string.Empty,
            WantsBundles = _options.Bundles,
        };

        private static void CheckVersion(HandshakeAnswer answer)
        {
            if (answer.ProtocolMajor != ProtocolVersion.Major)
            {
                throw new BridgeException(
                    ErrorReason.VersionMismatch,
                    $"the server speaks version {answer.ProtocolMajor} of the contract and this package version {ProtocolVersion.Major}; install the FrameBridge package of the server's release");
            }
        }

        private Task<BridgeException> Ready(CancellationTokenSource run, Session session)
        {
            var lost = new TaskCompletionSource<BridgeException>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (!IsPresent(run))
                {
                    throw new OperationCanceledException();
                }

                _readySince = Clock.Now;
                _options.Recorder?.NoteHandshake(session.Answer);
                _reconnects += _state == BridgeState.Reconnecting ? 1 : 0;
                _answer = session.Answer;
                _isReplay = session.Transport is ReplayTransport;
                _session = session;
                _lost = lost;
            }

            Move(run, BridgeState.Ready, null, session.Answer.Resumed);
            lock (_gate)
            {
                if (IsPresent(run))
                {
                    _ready.TrySetResult(session);
                }
            }

            return lost.Task;
        }

        private void Leave(CancellationTokenSource run, BridgeException lost)
        {
            lock (_gate)
            {
                if (!IsPresent(run))
                {
                    return; // closing has taken the session and ends it on the server
                }

                _session = null;
                Renew();
                if (Clock.Now - _readySince > SteadySeconds)
                {
                    _backoff.Reset(); // not earlier: connections that break at once must not be retried without a pause
                }
            }

            Move(run, BridgeState.Reconnecting, lost, false);
        }
    }
}
