using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <content>Ending a connection: for a while, or for good.</content>
    internal sealed partial class Connection
    {
        private const int CloseMilliseconds = 200;
        private const int FarewellMilliseconds = 100;

        /// <summary>
        /// Ends the connection until it is started again, and waits at most 200 ms for its streams, threads and
        /// sockets. The server keeps the session for its grace time.
        /// </summary>
        public void Suspend()
        {
            var ending = new List<Task>();
            lock (_gate)
            {
                if (_state == BridgeState.Offline || _state == BridgeState.Refused || _state == BridgeState.Closed)
                {
                    return;
                }

                ending.Add(_trying);
                ending.AddRange(_session?.Calls() ?? Array.Empty<Task>());
                var (before, run) = (_state, _run);
                ending.Add(Task.Run(() => Rest(before, run))); // cancellation runs much code, not on the caller's thread
                _state = BridgeState.Offline;
                _error = null;
                _session = null;
                _run = null;
                Renew(); // no stream may get this connection again
            }

            Join(ending.ToArray(), CloseMilliseconds);
        }

        /// <summary>Cancels everything and waits at most 200 ms.</summary>
        public void Close()
        {
            BeginClose();
            Task[] running;
            int left;
            lock (_gate)
            {
                running = _running.ToArray();
                left = (int)Math.Max(0, 1000 * (_closeBy - Clock.Now));
            }

            Join(running, left);
        }

        /// <summary>Cancels everything; returns at once.</summary>
        public void BeginClose()
        {
            BridgeState before;
            lock (_gate)
            {
                if (_state == BridgeState.Closed)
                {
                    return;
                }

                _closeBy = Clock.Now + (CloseMilliseconds / 1000.0);
                before = _state;
                _state = BridgeState.Closed;
                _error = new BridgeException(ErrorReason.Closed, "the client was closed");
                Tell(_state, _error);
                if (!_ready.TrySetCanceled())
                {
                    _ready = NewReady(); // no stream may get this connection again
                    _ready.TrySetCanceled();
                }

                var session = _session;
                Watch(Task.Run(() => ShutAsync(session, before)));
            }
        }

        private static void Join(Task[] running, int milliseconds)
        {
            try
            {
                Task.WhenAll(running).Wait(milliseconds); // unlike WaitAll, this lets the pool replace the blocked thread
            }
            catch (AggregateException)
            {
                // Cancelled tasks have ended too.
            }
        }

        private void Rest(BridgeState before, CancellationTokenSource run)
        {
            try
            {
                run.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Already disposed.
            }

            Raise(new BridgeStateChange(before, BridgeState.Offline, false, null));
        }

        private async Task ShutAsync(Session session, BridgeState before)
        {
            session?.Cancel();
            _closing.Cancel();
            if (session != null)
            {
                await FarewellAsync(session).ConfigureAwait(false);
                session.Dispose();
            }

            Raise(new BridgeStateChange(before, BridgeState.Closed, false, null));
        }

        private static async Task FarewellAsync(Session session)
        {
            using (var patience = new CancellationTokenSource(FarewellMilliseconds))
            {
                try
                {
                    await session.Transport.EndSessionAsync(session.Answer.SessionId, patience.Token).ConfigureAwait(false);
                }
                catch (Exception)
                {
                    // The server is gone; the session ends with its grace time.
                }
            }
        }
    }
}
