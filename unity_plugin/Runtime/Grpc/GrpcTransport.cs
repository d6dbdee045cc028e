using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;
using Grpc.Net.Client;

namespace FrameBridge.Grpc
{
    /// <summary>One channel to one server over Grpc.Net.Client. Any thread.</summary>
    public sealed class GrpcTransport : IBridgeTransport
    {
        private const long PingNonce = 1;
        private readonly BridgeOptions _options;
        private readonly GrpcChannel _channel;
        private readonly CallInvoker _invoker;
        private readonly StreamMethod[] _methods = MakeMethods();
        private Metadata _headers = new Metadata();

        /// <summary>
        /// Makes a channel. <paramref name="handler"/> makes the HTTP/2 handler (YetAnotherHttpHandler in Unity,
        /// SocketsHttpHandler on .NET), which is disposed with the channel. Throws <see cref="BridgeException"/> for an
        /// invalid address, and whatever <paramref name="handler"/> throws.
        /// </summary>
        public GrpcTransport(BridgeOptions options, Func<BridgeOptions, HttpMessageHandler> handler)
        {
            _options = options ?? throw new ArgumentNullException(nameof(options));
            var address = GrpcAddress.Of(options.Address);
            var channelOptions = new GrpcChannelOptions
            {
                HttpHandler = (handler ?? throw new ArgumentNullException(nameof(handler)))(options),
                DisposeHttpClient = true, // or each reconnection would leak a socket
                MaxReceiveMessageSize = options.MaxMessageBytes,
                MaxSendMessageSize = null, // checked against the server's own limit before sending
            };
            _channel = GrpcChannel.ForAddress(address, channelOptions);
            _invoker = _channel.CreateCallInvoker();
        }

        /// <inheritdoc/>
        public async Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation)
        {
            await TakeTokenAsync(cancellation).ConfigureAwait(false);
            var bytes = await AskAsync(UnaryMethods.Handshake, ControlRequests.Handshake(question), cancellation).ConfigureAwait(false);
            var answer = new HandshakeAnswer();
            return HandshakeMessage.Read(bytes, answer) ? answer : throw Unreadable(UnaryMethods.Handshake);
        }

        /// <inheritdoc/>
        public Task EndSessionAsync(string sessionId, CancellationToken cancellation) =>
            AskAsync(UnaryMethods.EndSession, ControlRequests.EndSession(sessionId), cancellation);

        /// <inheritdoc/>
        public async Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation)
        {
            var bytes = await AskAsync(UnaryMethods.GetAvatarSchema, ControlRequests.Empty, cancellation).ConfigureAwait(false);
            return SchemaMessage.Read(bytes) ?? throw Unreadable(UnaryMethods.GetAvatarSchema);
        }

        /// <inheritdoc/>
        public async Task<IReadOnlyList<BridgeModel>> ListModelsAsync(CancellationToken cancellation)
        {
            var bytes = await AskAsync(UnaryMethods.ListModels, ControlRequests.Models(), cancellation).ConfigureAwait(false);
            return ModelMessage.ReadList(bytes) ?? throw Unreadable(UnaryMethods.ListModels);
        }

        /// <inheritdoc/>
        public async Task WatchModelsAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation)
        {
            var request = new OutgoingMessage { Bytes = ControlRequests.Models() };
            using (var call = _invoker.AsyncServerStreamingCall(UnaryMethods.WatchModels, null, Options(cancellation), request))
            {
                while (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
                {
                    heard(ModelMessage.ReadList(call.ResponseStream.Current) ?? throw Unreadable(UnaryMethods.WatchModels));
                }
            }
        }

        /// <inheritdoc/>
        public async Task<BridgeModel> LoadModelAsync(string name, CancellationToken cancellation)
        {
            var bytes = await AskAsync(UnaryMethods.LoadModel, ControlRequests.LoadModel(name), cancellation).ConfigureAwait(false);
            var models = ModelMessage.ReadList(bytes);
            return models != null && models.Count == 1 ? models[0] : throw Unreadable(UnaryMethods.LoadModel);
        }

        /// <inheritdoc/>
        public async Task<long> PingAsync(CancellationToken cancellation)
        {
            var bytes = await AskAsync(UnaryMethods.Ping, ControlRequests.Ping(PingNonce), cancellation).ConfigureAwait(false);
            return PingMessage.Read(bytes, out var nonce, out var server) && nonce == PingNonce ? server : throw Unreadable(UnaryMethods.Ping);
        }

        /// <inheritdoc/>
        public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation)
        {
            var method = _methods[(int)StreamKind.Of(stream).Stream];
            method.Direct(reader ?? throw new ArgumentNullException(nameof(reader)));
            return new GrpcCall(_invoker.AsyncDuplexStreamingCall(method.Method, null, Options(cancellation)));
        }

        /// <inheritdoc/>
        public BridgeException ErrorOf(Exception thrown) => GrpcErrors.Of(thrown, _options.Address);

        /// <summary>Ends every call and closes the sockets.</summary>
        public void Dispose() => _channel.Dispose();

        private static StreamMethod[] MakeMethods()
        {
            var methods = new StreamMethod[StreamKind.All.Length];
            foreach (var kind in StreamKind.All)
            {
                methods[(int)kind.Stream] = new StreamMethod(kind);
            }

            return methods;
        }

        private Task<byte[]> AskAsync(Method<OutgoingMessage, byte[]> method, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
            _invoker.AsyncUnaryCall(method, null, Options(cancellation), new OutgoingMessage { Bytes = request }).ResponseAsync;

        private BridgeException Unreadable(IMethod method) => new BridgeException(
            ErrorReason.Malformed, $"the answer of {_options.Address} to {method.Name} cannot be read; update the older of server and package");

        private CallOptions Options(CancellationToken cancellation) => new CallOptions(_headers, cancellationToken: cancellation);

        private async Task TakeTokenAsync(CancellationToken cancellation)
        {
            if (_options.TokenProvider == null)
            {
                return;
            }

            var token = await _options.TokenProvider(cancellation).ConfigureAwait(false);
            if (!string.IsNullOrEmpty(token))
            {
                _headers = new Metadata { { "authorization", "Bearer " + token } };
            }
        }
    }
}
