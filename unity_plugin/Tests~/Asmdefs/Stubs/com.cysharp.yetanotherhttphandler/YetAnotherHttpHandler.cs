using System;
using System.IO.Pipelines;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Cysharp.Net.Http
{
    /// <summary>
    /// The settable public members of the real handler's 1.11.5. It needs the same two DLLs. Compiled only by the lane;
    /// it sends nothing.
    /// </summary>
    public class YetAnotherHttpHandler : HttpMessageHandler
    {
        private readonly Pipe _pipe = new Pipe();

        public TimeSpan? PoolIdleTimeout { get; set; }

        public ulong? MaxIdlePerHost { get; set; }

        public bool? Http2Only { get; set; }

        public bool? SkipCertificateVerification { get; set; }

        public string RootCertificates { get; set; }

        public string OverrideServerName { get; set; }

        public string ClientAuthCertificates { get; set; }

        public string ClientAuthKey { get; set; }

        public uint? Http2InitialStreamWindowSize { get; set; }

        public uint? Http2InitialConnectionWindowSize { get; set; }

        public bool? Http2AdaptiveWindow { get; set; }

        public uint? Http2MaxFrameSize { get; set; }

        public TimeSpan? Http2KeepAliveInterval { get; set; }

        public TimeSpan? Http2KeepAliveTimeout { get; set; }

        public bool? Http2KeepAliveWhileIdle { get; set; }

        public ulong? Http2MaxConcurrentResetStreams { get; set; }

        public ulong? Http2MaxSendBufferSize { get; set; }

        public ulong? Http2InitialMaxSendStreams { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException(_pipe.ToString() + Unsafe.SizeOf<int>());
    }
}
