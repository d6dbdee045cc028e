using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>One connection of a session: its transport, the handshake's answer, and its end.</summary>
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

        /// <summary>Cancelled when the connection is dropped.</summary>
        public CancellationToken Ended { get; }

        /// <summary>Registers a call that runs until the task ends.</summary>
        public void Watch(Task call)
        {
            lock (_calls)
            {
                _calls.RemoveAll(task => task.IsCompleted);
                _calls.Add(call);
            }
        }

        /// <summary>The running calls. A copy.</summary>
        public Task[] Calls()
        {
            lock (_calls)
            {
                return _calls.ToArray();
            }
        }

        /// <summary>Cancels every call; the transport can still end the session.</summary>
        public void Cancel()
        {
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Disposed at the same moment.
            }
        }

        /// <summary>Cancels every call, then closes the sockets.</summary>
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
