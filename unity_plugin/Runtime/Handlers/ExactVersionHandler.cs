#if NET5_0_OR_GREATER
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Grpc
{
    /// <summary>
    /// Requests HTTP/2 exactly. The netstandard2.1 build of Grpc.Net.Client, which Unity loads, cannot, and without it
    /// an unencrypted connection hangs.
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
