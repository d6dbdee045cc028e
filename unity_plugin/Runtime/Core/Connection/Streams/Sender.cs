using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The thread that feeds one open call from the outbox. A dedicated thread, because awaiting a semaphore allocates
    /// for every message.
    /// </summary>
    internal sealed class Sender
    {
        private readonly IBridgeCall _call;
        private readonly Outbox _outbox;
        private readonly OutgoingBundle _message;
        private readonly Action<OutgoingBundle, int> _sent;
        private readonly Thread _thread;
        private readonly AutoResetEvent _written = new AutoResetEvent(false);
        private readonly TaskCompletionSource<bool> _ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Action _wake;
        private volatile bool _stopping;

        /// <summary>
        /// <paramref name="sent"/> is called with each message and its size in bytes, on the sending thread.
        /// </summary>
        public Sender(IBridgeCall call, Outbox outbox, StreamKind kind, Action<OutgoingBundle, int> sent)
        {
            _call = call;
            _outbox = outbox;
            _message = new OutgoingBundle(kind.RequestBundleField);
            _sent = sent;
            _wake = () => _written.Set();
            _thread = new Thread(Run) { IsBackground = true, Name = "FrameBridge " + kind.Stream };
        }

        public void Start() => _thread.Start();

        /// <summary>
        /// Ends the thread; the call must have been cancelled. Completes when the thread has ended or the time is up.
        /// Does not block: the sending thread may be waiting for the caller's thread.
        /// </summary>
        public async Task StopAsync(int milliseconds)
        {
            _stopping = true;
            _outbox.Filled.Set();
            _written.Set();
            await Task.WhenAny(_ended.Task, Task.Delay(milliseconds)).ConfigureAwait(false);
            if (_ended.Task.IsCompleted)
            {
                _thread.Join(); // it is about to exit
            }
        }

        private void Run()
        {
            try
            {
                while (!_stopping)
                {
                    if (_outbox.TryTake(_message))
                    {
                        Send();
                    }
                    else
                    {
                        _outbox.Filled.WaitOne();
                    }
                }
            }
            catch (Exception)
            {
                // The call is over; the receiving loop gets the reason.
            }
            finally
            {
                _ended.TrySetResult(true);
            }
        }

        private void Send()
        {
            try
            {
                var message = _message.Join();
                Wait(_call.WriteAsync(message));
                _sent(_message, message.Length);
            }
            finally
            {
                _message.Clear();
            }
        }

        private void Wait(Task writing)
        {
            if (!writing.IsCompleted)
            {
                writing.GetAwaiter().UnsafeOnCompleted(_wake); // Task.Wait would allocate an event for each message
                while (!writing.IsCompleted && !_stopping)
                {
                    _written.WaitOne();
                }
            }

            writing.GetAwaiter().GetResult();
        }
    }
}
