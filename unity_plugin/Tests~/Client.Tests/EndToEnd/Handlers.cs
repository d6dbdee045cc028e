using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>The HTTP/2 handler of the end-to-end suite: .NET's own, told to use HTTP/2 and nothing else.</summary>
    internal static class Handlers
    {
        public static IBridgeTransport Transport(BridgeOptions options) =>
            new Grpc.GrpcTransport(options, _ => new ExactVersion(new SocketsHttpHandler { UseProxy = false }));

        /// <summary>With the netstandard2.1 build of Grpc.Net.Client an unencrypted connection hangs without this.</summary>
        private sealed class ExactVersion : DelegatingHandler
        {
            public ExactVersion(HttpMessageHandler inner)
                : base(inner)
            {
            }

            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
            {
                request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
                return base.SendAsync(request, cancellation);
            }
        }
    }
}
