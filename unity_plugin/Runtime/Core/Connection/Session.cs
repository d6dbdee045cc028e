using System;
using System.Threading;

namespace FrameBridge
{
    /// <summary>One connection's worth of a session: the transport, what the server told, and the end of it.</summary>
    internal sealed class Session : IDisposable
    {
        private readonly CancellationTokenSource _end;
        private int _disposed;

        public Session(IBridgeTransport transport, HandshakeAnswer answer, CancellationToken closing)
        {
            Transport = transport;
            Answer = answer;
            _end = CancellationTokenSource.CreateLinkedTokenSource(closing);
            Ended = _end.Token;
        }

        public IBridgeTransport Transport { get; }

        public HandshakeAnswer Answer { get; }

        /// <summary>Cancelled when the connection is given up.</summary>
        public CancellationToken Ended { get; }

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
