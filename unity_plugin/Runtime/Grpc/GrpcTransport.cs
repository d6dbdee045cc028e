using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using FrameBridge.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FrameBridge.Grpc
{
    /// <summary>One channel to one server over Grpc.Net.Client. Any thread.</summary>
    public sealed class GrpcTransport : IBridgeTransport
    {
        private readonly BridgeOptions _options;
        private readonly GrpcChannel _channel;
        private readonly CallInvoker _invoker;
        private readonly BridgeService.BridgeServiceClient _control;
        private readonly AvatarService.AvatarServiceClient _avatars;
        private readonly StreamMethod[] _methods =
        {
            new StreamMethod(BridgeStream.Avatar), new StreamMethod(BridgeStream.Dialogue), new StreamMethod(BridgeStream.Recognition),
        };

        private Metadata _headers = new Metadata();

        /// <summary>
        /// Makes a channel. <paramref name="handler"/> makes what speaks HTTP/2 (YetAnotherHttpHandler in Unity,
        /// SocketsHttpHandler on .NET), which is disposed with the channel. Throws <see cref="BridgeException"/> for an
        /// address that is none, and what the handler's maker throws.
        /// </summary>
        public GrpcTransport(BridgeOptions options, Func<BridgeOptions, HttpMessageHandler> handler)
        {
            _options = options ?? throw new ArgumentNullException(nameof(options));
            var address = GrpcAddress.Of(options.Address);
            var channelOptions = new GrpcChannelOptions
            {
                HttpHandler = (handler ?? throw new ArgumentNullException(nameof(handler)))(options),
                DisposeHttpClient = true, // or each reconnection would leave a socket behind
                MaxReceiveMessageSize = options.MaxMessageBytes,
                MaxSendMessageSize = null, // checked against the server's own limit before sending
            };
            _channel = GrpcChannel.ForAddress(address, channelOptions);
            _invoker = _channel.CreateCallInvoker();
            _control = new BridgeService.BridgeServiceClient(_invoker);
            _avatars = new AvatarService.AvatarServiceClient(_invoker);
        }

        /// <inheritdoc/>
        public async Task<HandshakeAnswer> HandshakeAsync(HandshakeQuestion question, CancellationToken cancellation)
        {
            await TakeTokenAsync(cancellation).ConfigureAwait(false);
            var answer = await _control.HandshakeAsync(GrpcMessages.Of(question), Options(cancellation)).ResponseAsync.ConfigureAwait(false);
            return GrpcMessages.Of(answer);
        }

        /// <inheritdoc/>
        public async Task EndSessionAsync(string sessionId, CancellationToken cancellation)
        {
            var request = new EndSessionRequest { SessionId = sessionId };
            await _control.EndSessionAsync(request, Options(cancellation)).ResponseAsync.ConfigureAwait(false);
        }

        /// <inheritdoc/>
        public async Task<AvatarSchema> GetAvatarSchemaAsync(CancellationToken cancellation)
        {
            var answer = await _avatars.GetAvatarSchemaAsync(new GetAvatarSchemaRequest(), Options(cancellation)).ResponseAsync.ConfigureAwait(false);
            return GrpcMessages.Of(answer);
        }

        /// <inheritdoc/>
        public async Task<long> PingAsync(CancellationToken cancellation)
        {
            var answer = await _control.PingAsync(new PingRequest { Nonce = 1 }, Options(cancellation)).ResponseAsync.ConfigureAwait(false);
            return answer.ServerMicros;
        }

        /// <inheritdoc/>
        public IBridgeCall OpenCall(BridgeStream stream, IMessageReader reader, CancellationToken cancellation)
        {
            var method = _methods[(int)stream];
            method.Direct(reader ?? throw new ArgumentNullException(nameof(reader)));
            return new GrpcCall(_invoker.AsyncDuplexStreamingCall(method.Method, null, Options(cancellation)));
        }

        /// <inheritdoc/>
        public BridgeException ErrorOf(Exception thrown) => GrpcErrors.Of(thrown, _options.Address);

        /// <summary>Ends every call and closes the sockets.</summary>
        public void Dispose() => _channel.Dispose();

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
