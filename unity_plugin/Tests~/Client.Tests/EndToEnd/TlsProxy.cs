using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Terminates TLS in front of a server, as a reverse proxy would. One local port.</summary>
    internal sealed class TlsProxy : IDisposable
    {
        private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new CancellationTokenSource();
        private readonly SslServerAuthenticationOptions _options;
        private readonly string _host;
        private readonly int _port;

        /// <summary><paramref name="server"/> is the server's address, as host:port.</summary>
        public TlsProxy(string server, X509Certificate2 certificate)
        {
            var at = server.LastIndexOf(':');
            _host = server.Substring(0, at);
            _port = int.Parse(server.Substring(at + 1), System.Globalization.CultureInfo.InvariantCulture);
            _options = new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = new List<SslApplicationProtocol> { SslApplicationProtocol.Http2 },
            };
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public void Dispose()
        {
            _end.Cancel();
            _listener.Stop();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token).ConfigureAwait(false));
                }
            }
            catch (Exception error) when (error is OperationCanceledException || error is SocketException || error is ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task CarryAsync(TcpClient client)
        {
            using (client)
            using (var server = new TcpClient())
            using (var secure = new SslStream(client.GetStream()))
            {
                try
                {
                    await secure.AuthenticateAsServerAsync(_options, _end.Token).ConfigureAwait(false);
                    await server.ConnectAsync(_host, _port, _end.Token).ConfigureAwait(false);
                    Stream plain = server.GetStream();
                    await Task.WhenAny(secure.CopyToAsync(plain, _end.Token), plain.CopyToAsync(secure, _end.Token)).ConfigureAwait(false);
                }
                catch (Exception error) when (error is OperationCanceledException || error is IOException || error is SocketException
                    || error is System.Security.Authentication.AuthenticationException)
                {
                    // One side has closed, or does not trust the other.
                }
            }
        }
    }
}
