using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The thread that feeds one open call from the outbox. A thread of its own because waiting for a semaphore in async
    /// code makes garbage for every message.
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

        /// <summary><paramref name="sent"/> is told of each message once it is sent, on the sending thread.</summary>
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
        /// Ends the thread; the call must have been cancelled. Done when it has ended, or after so many milliseconds. Nobody
        /// is blocked meanwhile: what the thread still waits for may need the very thread that would be.
        /// </summary>
        public async Task StopAsync(int milliseconds)
        {
            _stopping = true;
            _outbox.Filled.Set();
            _written.Set();
            await Task.WhenAny(_ended.Task, Task.Delay(milliseconds)).ConfigureAwait(false);
            if (_ended.Task.IsCompleted)
            {
                _thread.Join(); // it has nothing left to do
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
                // The call is over. The receiving loop learns why; here it only means that there is nothing to feed.
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
                writing.GetAwaiter().UnsafeOnCompleted(_wake); // Task.Wait would make an event for each message
                while (!writing.IsCompleted && !_stopping)
                {
                    _written.WaitOne();
                }
            }

            writing.GetAwaiter().GetResult();
        }
    }
}
