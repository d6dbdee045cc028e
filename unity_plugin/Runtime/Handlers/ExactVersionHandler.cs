#if NET5_0_OR_GREATER
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Grpc
{
    /// <summary>
    /// Asks for HTTP/2 and nothing else. The netstandard2.1 build of Grpc.Net.Client, which Unity loads, cannot say so, and
    /// without it a connection that is not encrypted waits for ever.
    /// </summary>
    internal sealed class ExactVersionHandler : DelegatingHandler
    {
        internal ExactVersionHandler(HttpMessageHandler inner)
            : base(inner)
        {
        }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
#endif
