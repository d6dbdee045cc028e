#if NET5_0_OR_GREATER
using System;
using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FrameBridge.Grpc
{
    /// <summary>.NET's own handler, with a private authority if the options have one.</summary>
    internal static class SocketsHandler
    {
        internal static HttpMessageHandler Make(BridgeOptions options, TimeSpan keepAlive)
        {
            var handler = new SocketsHttpHandler
            {
                KeepAlivePingDelay = keepAlive,
                KeepAlivePingTimeout = keepAlive,
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                EnableMultipleHttp2Connections = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
            };
            if (!string.IsNullOrEmpty(options.RootCertificates))
            {
                X509Certificate2Collection roots = Read(options.RootCertificates);
                handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    IsTrusted(certificate as X509Certificate2, chain, errors, roots);
            }

            return handler;
        }

        private static X509Certificate2Collection Read(string pem)
        {
            var roots = new X509Certificate2Collection();
            try
            {
                roots.ImportFromPem(pem);
            }
            catch (CryptographicException error)
            {
                throw new BridgeException(
                    ErrorReason.OutOfRange, "the root certificates cannot be read; they must be PEM", false, error);
            }

            return roots.Count > 0
                ? roots
                : throw new BridgeException(
                    ErrorReason.OutOfRange, "the root certificates contain no certificate; they must be PEM");
        }

        // The name still has to match; only the authority is ours to set.
        private static bool IsTrusted(
            X509Certificate2 certificate, X509Chain sent, SslPolicyErrors errors, X509Certificate2Collection roots)
        {
            if (certificate == null)
            {
                return false;
            }

            if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            {
                string name = certificate.GetNameInfo(X509NameType.DnsName, false);
                throw new AuthenticationException($"{errors}: it is issued to {name}");
            }

            using (var chain = new X509Chain())
            {
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // private authorities rarely publish a list
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.CustomTrustStore.AddRange(roots);
                if (sent != null)
                {
                    chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
                }

                return chain.Build(certificate);
            }
        }
    }
}
#endif
