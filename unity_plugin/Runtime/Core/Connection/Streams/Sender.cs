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
        private readonly Action<WireWriter> _sent;
        private readonly Thread _thread;
        private readonly AutoResetEvent _written = new AutoResetEvent(false);
        private readonly TaskCompletionSource<bool> _ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Action _wake;
        private volatile bool _stopping;

        /// <summary><paramref name="sent"/> is called after each message, on the sending thread.</summary>
        public Sender(IBridgeCall call, Outbox outbox, string name, Action<WireWriter> sent)
        {
            _call = call;
            _outbox = outbox;
            _sent = sent;
            _wake = () => _written.Set();
            _thread = new Thread(Run) { IsBackground = true, Name = name };
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
                    var writer = _outbox.TryNext();
                    if (writer == null)
                    {
                        _outbox.Filled.WaitOne();
                    }
                    else
                    {
                        Send(writer);
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

        private void Send(WireWriter writer)
        {
            try
            {
                Wait(_call.WriteAsync(writer.Written));
                _sent(writer);
            }
            finally
            {
                writer.Pool.Return(writer);
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
