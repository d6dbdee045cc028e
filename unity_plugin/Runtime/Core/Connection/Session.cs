using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>One connection's worth of a session: the transport, what the server told, and the end of it.</summary>
    internal sealed class Session : IDisposable
    {
        private readonly CancellationTokenSource _end;
        private readonly List<Task> _calls = new List<Task>();
        private int _disposed;

        public Session(IBridgeTransport transport, HandshakeAnswer answer, CancellationToken ending)
        {
            Transport = transport;
            Answer = answer;
            _end = CancellationTokenSource.CreateLinkedTokenSource(ending);
            Ended = _end.Token;
        }

        public IBridgeTransport Transport { get; }

        public HandshakeAnswer Answer { get; }

        /// <summary>Cancelled when the connection is given up.</summary>
        public CancellationToken Ended { get; }

        /// <summary>A call runs on this connection until the task has ended.</summary>
        public void Watch(Task call)
        {
            lock (_calls)
            {
                _calls.RemoveAll(task => task.IsCompleted);
                _calls.Add(call);
            }
        }

        /// <summary>The calls that run. A copy.</summary>
        public Task[] Calls()
        {
            lock (_calls)
            {
                return _calls.ToArray();
            }
        }

        /// <summary>Cancels every call; the transport still carries a farewell.</summary>
        public void Cancel()
        {
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Lost and let go of at the same moment.
            }
        }

        /// <summary>Cancels every call, then lets go of the sockets.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                _end.Cancel();
                Transport.Dispose();
                _end.Dispose();
            }
        }
    }
}
