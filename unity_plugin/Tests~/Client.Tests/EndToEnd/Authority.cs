using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FrameBridge.Tests
{
    /// <summary>A private certificate authority, as a studio uses for its machines.</summary>
    internal sealed class Authority : IDisposable
    {
        private readonly RSA _key = RSA.Create(2048);
        private readonly X509Certificate2 _certificate;

        public Authority(string name)
        {
            var request = new CertificateRequest("CN=" + name, _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
            _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        }

        /// <summary>Its certificate, for clients to trust.</summary>
        public string Pem => _certificate.ExportCertificatePem();

        /// <summary>A certificate for one machine, with its key.</summary>
        public X509Certificate2 Sign(string host)
        {
            using (var key = RSA.Create(2048))
            {
                var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                var names = new SubjectAlternativeNameBuilder();
                names.AddDnsName(host);
                request.CertificateExtensions.Add(names.Build());
                var until = _certificate.NotAfter.AddDays(-1);
                using (var signed = request.Create(_certificate, DateTimeOffset.UtcNow.AddHours(-1), until, Guid.NewGuid().ToByteArray()))
                {
                    return signed.CopyWithPrivateKey(key);
                }
            }
        }

        public void Dispose()
        {
            _certificate.Dispose();
            _key.Dispose();
        }
    }
}
