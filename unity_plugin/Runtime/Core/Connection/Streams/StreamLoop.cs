using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// One bidirectional stream of a session: sends what is in the outbox, hands received messages to its owner, and
    /// reopens after a reconnection.
    /// </summary>
    internal sealed class StreamLoop : IMessageReader
    {
        private const int JoinMilliseconds = 200;
        private const int OpeningBytes = 256;
        private readonly Connection _connection;
        private readonly StreamKind _kind;
        private readonly IStreamOwner _owner;
        private readonly CapabilityStatistics _statistics;
        private readonly MessageBytes _bytes;
        private readonly Recorder _recorder;
        private readonly Backoff _backoff;
        private readonly object _gate = new object();
        private Task _running;
        private bool _heard;

        public StreamLoop(Connection connection, BridgeStream kind, IStreamOwner owner, CapabilityStatistics statistics, BridgeOptions options)
        {
            _connection = connection;
            _kind = StreamKind.Of(kind);
            _owner = owner;
            _statistics = statistics;
            _recorder = options.Recorder;
            _bytes = new MessageBytes(options.MaxMessageBytes);
            _backoff = new Backoff(options.MaxBackoffSeconds, Environment.TickCount + (int)kind);
            Outbox = new Outbox(options.MaxMessageBytes, connection.Update);
        }

        /// <summary>The messages to send.</summary>
        public Outbox Outbox { get; }

        /// <summary>
        /// Runs the stream until the client closes, never on the caller's thread. May be called more than once.
        /// </summary>
        public void Start()
        {
            lock (_gate)
            {
                if (_running == null)
                {
                    _running = Task.Run(RunAsync);
                    _connection.Watch(_running);
                }
            }
        }

        /// <summary>A message has arrived. The first one means that the stream is open.</summary>
        public void Read(in ReadOnlySequence<byte> message)
        {
            _recorder?.Note(_kind.Stream, isUp: false, message);
            var fits = _bytes.TryGet(message, out var bytes);
            if (fits && BundleReader.Is(bytes, _kind.AnswerBundleField))
            {
                ReadBundle(bytes);
            }
            else
            {
                _statistics.Received(message.Length, parts: 1);
                Note(fits && _owner.Receive(bytes));
            }

            _heard = true;
        }

        /// <summary>Each part is read as a message of its own; one that is not valid costs only itself.</summary>
        private void ReadBundle(ReadOnlySpan<byte> message)
        {
            var isWhole = BundleReader.TryOpen(message, _kind.AnswerBundleField, out var bundle);
            _statistics.Received(message.Length, isWhole ? bundle.Count : 1);
            if (!isWhole)
            {
                Note(isRead: false);
                return;
            }

            Outbox.BeginReading();
            while (bundle.Next(out var part))
            {
                Note(MayBePart(part) && _owner.Receive(part));
            }

            Outbox.EndReading();
        }

        private bool MayBePart(ReadOnlySpan<byte> part) =>
            part.Length <= BundleReader.MostPartBytes
            && !BundleReader.Is(part, _kind.AnswerBundleField)
            && !BundleReader.Is(part, _kind.OpenedField);

        private void Note(bool isRead)
        {
            if (!isRead)
            {
                _statistics.Dropped();
            }
        }

        private async Task RunAsync()
        {
            var closing = _connection.Closing;
            while (!closing.IsCancellationRequested)
            {
                try
                {
                    var session = await _connection.ReadyAsync().ConfigureAwait(false);
                    var once = RunOnceAsync(session);
                    session.Watch(once);
                    var error = await once.ConfigureAwait(false);
                    await RecoverAsync(session, error, closing).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        /// <summary>Runs the stream on one connection; returns why it ended.</summary>
        private async Task<BridgeException> RunOnceAsync(Session session)
        {
            BridgeException error;
            IBridgeCall call = null;
            Sender sender = null;
            _heard = false;
            try
            {
                call = session.Transport.OpenCall(_kind.Stream, this, session.Ended);
                await call.WriteAsync(Opening(session)).ConfigureAwait(false);
                if (await call.ReadAsync().ConfigureAwait(false) && _heard)
                {
                    sender = Begin(call, session.Answer.Bundles);
                    while (await call.ReadAsync().ConfigureAwait(false))
                    {
                    }
                }

                error = new BridgeException(ErrorReason.ConnectionLost, "the server has closed the stream", isLost: true);
            }
            catch (Exception thrown)
            {
                error = session.Transport.ErrorOf(thrown);
            }

            await EndAsync(call, sender, error).ConfigureAwait(false);
            return error;
        }

        private ReadOnlyMemory<byte> Opening(Session session)
        {
            var writer = new WireWriter(OpeningBytes, OpeningBytes * 4);
            _owner.WriteOpening(writer, session.Answer.SessionId);
            _recorder?.Note(_kind.Stream, isUp: true, new ReadOnlySequence<byte>(writer.Written));
            return writer.Written;
        }

        private Sender Begin(IBridgeCall call, bool bundles)
        {
            _backoff.Reset();
            Outbox.Use(bundles);
            var sender = new Sender(call, Outbox, _kind, Sent);
            sender.Start();
            _owner.Opened();
            return sender;
        }

        private async Task EndAsync(IBridgeCall call, Sender sender, BridgeException error)
        {
            Outbox.Close();
            call?.Dispose();
            if (sender != null)
            {
                await sender.StopAsync(JoinMilliseconds).ConfigureAwait(false);
            }

            _owner.Lost(error);
        }

        private async Task RecoverAsync(Session session, BridgeException error, CancellationToken closing)
        {
            if (session.Ended.IsCancellationRequested)
            {
                return; // the client closes, or another stream has reported the loss
            }

            _connection.Report(session, error);
            if (!error.IsLost)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 + _backoff.Next()), closing).ConfigureAwait(false);
            }
        }

        private void Sent(OutgoingBundle message, int bytes)
        {
            _statistics.Sent(bytes, message.Count);
            foreach (var part in message.Parts)
            {
                // One by one: a recording leaves out pictures, and the rest of their bundle stays.
                _recorder?.Note(_kind.Stream, isUp: true, new ReadOnlySequence<byte>(part.Written));
            }
        }
    }
}
