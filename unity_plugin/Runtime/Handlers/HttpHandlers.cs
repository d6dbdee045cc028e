using System;
using System.Net.Http;

namespace FrameBridge.Grpc
{
    /// <summary>The HTTP/2 handler of this runtime: .NET's own where there is one, else YetAnotherHttpHandler.</summary>
    internal static class HttpHandlers
    {
        // The server allows a ping every 10 seconds; a phone's network forgets a silent connection after half a minute.
        private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

        /// <summary>
        /// Makes a handler for one channel, which owns it. Throws <see cref="BridgeException"/> where there is none, or for
        /// certificates that cannot be read.
        /// </summary>
        internal static HttpMessageHandler Make(BridgeOptions options)
        {
#if NET5_0_OR_GREATER
            return new ExactVersionHandler(SocketsHandler.Make(options, KeepAlive));
#elif UNITY_WEBGL && !UNITY_EDITOR
            throw new BridgeException(ErrorReason.NoTransport, "gRPC does not run in WebGL builds; build for another platform");
#elif FRAMEBRIDGE_YETANOTHERHTTPHANDLER
            return new Cysharp.Net.Http.YetAnotherHttpHandler
            {
                Http2Only = true, // without it a connection that is not encrypted would stay with HTTP/1
                RootCertificates = options.RootCertificates, // it does not know those of the system
                Http2KeepAliveInterval = KeepAlive,
            };
#else
            throw new BridgeException(
                ErrorReason.NoTransport,
                "no HTTP/2 handler is installed; add the package com.cysharp.yetanotherhttphandler, or run the FrameBridge Setup Doctor");
#endif
        }
    }
}
