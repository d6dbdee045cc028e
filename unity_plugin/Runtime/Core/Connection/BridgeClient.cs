using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// A game's connection to one server: one channel, one session, one stream a capability. A connection that is lost
    /// comes back by itself. All members may be called on any thread; none blocks, except <see cref="Close"/> for at most
    /// 200 milliseconds.
    /// </summary>
    public sealed class BridgeClient : IAsyncDisposable, IDisposable
    {
        /// <summary>Makes a client that is offline. Throws <see cref="ArgumentException"/> for settings that cannot work.</summary>
        public BridgeClient(BridgeOptions options)
        {
            throw new NotImplementedException();
        }

        /// <summary>Raised at each change of state, on a thread of the client's and never on the caller's; must not block.</summary>
        public event Action<BridgeStateChange> StateChanged { add { } remove { } }

        /// <summary>Where the connection stands.</summary>
        public BridgeState State => throw new NotImplementedException();

        /// <summary>Why the connection is not ready, or null.</summary>
        public BridgeException LastError => throw new NotImplementedException();

        /// <summary>The session, as the server named it; empty before the first handshake.</summary>
        public string SessionId => throw new NotImplementedException();

        /// <summary>The server's version; empty before the first handshake.</summary>
        public string ServerVersion => throw new NotImplementedException();

        /// <summary>The server's ceilings; null before the first handshake.</summary>
        public BridgeLimits Limits => throw new NotImplementedException();

        /// <summary>The texture formats agreed on, best first; empty before the first handshake.</summary>
        public IReadOnlyList<FrameFormat> Formats => throw new NotImplementedException();

        /// <summary>The server's models; empty before the first handshake.</summary>
        public IReadOnlyList<BridgeModel> Models => throw new NotImplementedException();

        /// <summary>How often the connection came back after a loss.</summary>
        public int ReconnectCount => throw new NotImplementedException();

        /// <summary>Round trip to the server's event loop, less the server's part, in seconds; 0 when not known yet.</summary>
        public double LinkSeconds => throw new NotImplementedException();

        /// <summary>Counts and times by this client's own clock.</summary>
        public BridgeStatistics Statistics => throw new NotImplementedException();

        /// <summary>The avatars. Its stream opens with the first slot.</summary>
        public AvatarStream Avatars => throw new NotImplementedException();

        /// <summary>The conversations. Its stream opens with the first one.</summary>
        public DialogueStream Dialogue => throw new NotImplementedException();

        /// <summary>The cameras. Its stream opens with the first one.</summary>
        public RecognitionStream Recognition => throw new NotImplementedException();

        /// <summary>Starts connecting and goes on trying until closed. Returns at once; follow <see cref="StateChanged"/>.</summary>
        public void Connect()
        {
            throw new NotImplementedException();
        }

        /// <summary>
        /// Connects and waits until the client is ready. Throws <see cref="BridgeException"/> when the first try fails or
        /// is refused (the client then goes offline), <see cref="OperationCanceledException"/> when cancelled.
        /// </summary>
        public Task ConnectAsync(CancellationToken cancellation = default)
        {
            throw new NotImplementedException();
        }

        /// <summary>Drops the connection and restores it at once, as after a pause of the application. Returns at once.</summary>
        public void Reconnect()
        {
            throw new NotImplementedException();
        }

        /// <summary>Measures the way to the server's event loop and back, less the server's part, in seconds.</summary>
        public Task<double> PingAsync(CancellationToken cancellation = default)
        {
            throw new NotImplementedException();
        }

        /// <summary>Asks what a look may be made of. Throws <see cref="BridgeException"/> when the server does not answer.</summary>
        public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation = default)
        {
            throw new NotImplementedException();
        }

        /// <summary>Ends every stream, thread and socket: cancels first, then waits at most 200 milliseconds. May be called twice.</summary>
        public void Close()
        {
            throw new NotImplementedException();
        }

        /// <summary>The same as <see cref="Close"/>.</summary>
        public void Dispose()
        {
            Close();
        }

        /// <summary>Tells the server that the session is over, if it answers quickly, and closes. Never throws.</summary>
        public ValueTask DisposeAsync()
        {
            throw new NotImplementedException();
        }
    }
}
