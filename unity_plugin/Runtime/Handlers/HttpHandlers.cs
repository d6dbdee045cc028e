using System;
using System.Net.Http;

namespace FrameBridge.Grpc
{
    /// <summary>The HTTP/2 handler of this runtime: .NET's own if available, else YetAnotherHttpHandler.</summary>
    internal static class HttpHandlers
    {
        // The server allows a ping every 10 seconds; mobile networks drop an idle connection after half a minute.
        private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

        /// <summary>
        /// Makes a handler for one channel, which owns it. Throws <see cref="BridgeException"/> if there is none, or
        /// for unreadable certificates.
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
                Http2Only = true, // without it an unencrypted connection would stay with HTTP/1
                RootCertificates = options.RootCertificates, // it does not use those of the system
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
