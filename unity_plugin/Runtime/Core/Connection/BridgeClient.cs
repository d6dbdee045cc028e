using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// A game's connection to one server: one channel, one session, one stream per capability. It reconnects by itself.
    /// All members may be called on any thread; none blocks, except <see cref="Close"/> and <see cref="Suspend"/> for
    /// at most 200 milliseconds.
    /// </summary>
    public sealed class BridgeClient : IAsyncDisposable, IDisposable
    {
        private readonly Connection _connection;

        /// <summary>
        /// Makes an offline client. Throws <see cref="ArgumentException"/> for settings that cannot work, and
        /// <see cref="BridgeException"/> in WebGL builds, which have no threads.
        /// </summary>
        public BridgeClient(BridgeOptions options)
        {
            Threads.Require();
            OptionsCheck.Check(options);
            _connection = new Connection(options, change => StateChanged?.Invoke(change));
            Avatars = new AvatarStream(_connection, options, Statistics.Avatar);
            Dialogue = new DialogueStream(_connection, options, Statistics.Dialogue);
            Recognition = new RecognitionStream(_connection, options, Statistics.Recognition);
            Inference = new InferenceStream(_connection, options, Statistics.Of(Capability.Inference));
        }

        /// <summary>
        /// Raised at each change of state, on a client thread and never on the caller's. Must not block; exceptions are
        /// ignored.
        /// </summary>
        public event Action<BridgeStateChange> StateChanged;

        /// <summary>The connection's state.</summary>
        public BridgeState State => _connection.State;

        /// <summary>Why the connection is not ready, or its last error; null if there was none.</summary>
        public BridgeException LastError => _connection.Error;

        /// <summary>The session's id; empty before the first handshake.</summary>
        public string SessionId => _connection.Answer?.SessionId ?? string.Empty;

        /// <summary>The server's version; empty before the first handshake.</summary>
        public string ServerVersion => _connection.Answer?.ServerVersion ?? string.Empty;

        /// <summary>The server's limits; null before the first handshake.</summary>
        public BridgeLimits Limits => _connection.Limits;

        /// <summary>The texture formats agreed on, best first; empty before the first handshake.</summary>
        public IReadOnlyList<FrameFormat> Formats => _connection.Answer?.Formats ?? Array.Empty<FrameFormat>();

        /// <summary>
        /// The server's models; empty before the first handshake. Updated as they change; a server of minor version 0
        /// is polled while one of them is not ready.
        /// </summary>
        public IReadOnlyList<BridgeModel> Models => _connection.Answer?.Models ?? Array.Empty<BridgeModel>();

        /// <summary>Whether several messages of a stream go as one: the server of this connection has agreed to it.</summary>
        public bool UsesBundles => _connection.Answer?.Bundles ?? false;

        /// <summary>The number of reconnections.</summary>
        public int ReconnectCount => _connection.ReconnectCount;

        /// <summary>Round trip to the server's event loop, less the server's part, in seconds; 0 until measured.</summary>
        public double LinkSeconds => _connection.LinkSeconds;

        /// <summary>Counts and times on this client's clock.</summary>
        public BridgeStatistics Statistics { get; } = new BridgeStatistics();

        /// <summary>The avatars. Its stream opens with the first slot.</summary>
        public AvatarStream Avatars { get; }

        /// <summary>The conversations. Its stream opens with the first one.</summary>
        public DialogueStream Dialogue { get; }

        /// <summary>The cameras. Its stream opens with the first one.</summary>
        public RecognitionStream Recognition { get; }

        /// <summary>Requests to models that the server's operator has brought. Its stream opens with the first slot.</summary>
        public InferenceStream Inference { get; }

        /// <summary>
        /// Starts connecting and keeps trying until closed. Returns at once; follow <see cref="StateChanged"/>. Throws
        /// <see cref="BridgeException"/> when the client is closed.
        /// </summary>
        public void Connect() => _connection.Start();

        /// <summary>
        /// Connects and waits until the client is ready; keeps trying while no server answers. Throws
        /// <see cref="BridgeException"/> when refused or closed, <see cref="OperationCanceledException"/> when
        /// cancelled: that ends the wait, not the attempts.
        /// </summary>
        public async Task ConnectAsync(CancellationToken cancellation = default)
        {
            _connection.Start();
            var error = await Waiting.For(_connection.OutcomeAsync(), cancellation).ConfigureAwait(false);
            if (error != null)
            {
                throw error;
            }
        }

        /// <summary>Drops the connection and connects again, as after a pause of the application. Returns at once.</summary>
        public void Reconnect() => _connection.Drop();

        /// <summary>
        /// Measures the round trip to the server's event loop, less the server's part, in seconds. Waits until the
        /// client is ready. Throws <see cref="BridgeException"/> when the server does not answer.
        /// </summary>
        public Task<double> PingAsync(CancellationToken cancellation = default) => AskAsync(
            async session =>
            {
                var began = Clock.Now;
                var server = await session.Transport.PingAsync(cancellation).ConfigureAwait(false);
                return Math.Max(0, Clock.Now - began - (server / 1e6));
            },
            cancellation);

        /// <summary>
        /// Asks for the attributes and expressions of a look. Waits until the client is ready. Throws
        /// <see cref="BridgeException"/> when the server does not answer.
        /// </summary>
        public Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation = default) =>
            AskAsync(session => session.Transport.GetAvatarSchemaAsync(cancellation), cancellation);

        /// <summary>
        /// Asks for the server's models and their states; also updates <see cref="Models"/>. Waits until the client is
        /// ready. Throws <see cref="BridgeException"/> when the server does not answer.
        /// </summary>
        public Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation = default) => AskAsync(
            async session =>
            {
                var models = await session.Transport.ListModelsAsync(cancellation).ConfigureAwait(false);
                session.Answer.Models = models;
                return models;
            },
            cancellation);

        /// <summary>
        /// Has the server load a model and waits until it is ready, which may take a minute; the server keeps serving
        /// meanwhile. Throws <see cref="BridgeException"/> when the model is unknown or cannot be loaded.
        /// </summary>
        public async Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation = default)
        {
            var model = await AskAsync(session => session.Transport.LoadModelAsync(name, cancellation), cancellation).ConfigureAwait(false);
            await ListModelsAsync(cancellation).ConfigureAwait(false);
            return model;
        }

        /// <summary>
        /// Ends every stream, thread and socket until <see cref="Connect"/> is called again, and waits at most 200
        /// milliseconds: for a paused application. Slots, looks, subscriptions and conversations are kept and restored
        /// with the next connection; an open reply ends with its Done. Never throws.
        /// </summary>
        public void Suspend() => _connection.Suspend();

        /// <summary>
        /// Ends every stream, thread and socket: cancels first, tells the server, and waits at most 200 milliseconds.
        /// May be called more than once. Never throws.
        /// </summary>
        public void Close() => _connection.Close();

        /// <summary>Whether a recording plays in place of a server.</summary>
        internal bool IsReplay => _connection.IsReplay;

        /// <summary>
        /// The game's update begins: what is sent until <see cref="EndUpdate"/> goes as one message a stream, if the
        /// server has agreed to bundles. Main thread.
        /// </summary>
        internal void BeginUpdate() => _connection.Update.Begin(Clock.Now);

        /// <summary>The game's update is over: sends what waits. Main thread; does not block.</summary>
        internal void EndUpdate()
        {
            _connection.Update.End();
            Avatars.Outbox.Flush();
            Dialogue.Outbox.Flush();
            Recognition.Outbox.Flush();
            Inference.Outbox.Flush();
        }

        /// <summary>Starts closing without waiting, so that several clients close in the time of one.</summary>
        internal void BeginClose() => _connection.BeginClose();

        /// <summary>The same as <see cref="Close"/>.</summary>
        public void Dispose() => Close();

        /// <summary>The same as <see cref="Close"/>, on another thread. Never throws.</summary>
        public ValueTask DisposeAsync() => new ValueTask(Task.Run(Close));

        private async Task<T> AskAsync<T>(Func<Session, Task<T>> ask, CancellationToken cancellation)
        {
            var session = await Waiting.For(_connection.ReadyAsync(), cancellation).ConfigureAwait(false);
            try
            {
                return await ask(session).ConfigureAwait(false);
            }
            catch (Exception thrown)
            {
                throw cancellation.IsCancellationRequested
                    ? new OperationCanceledException(cancellation)
                    : (Exception)session.Transport.ErrorOf(thrown);
            }
        }
    }
}
