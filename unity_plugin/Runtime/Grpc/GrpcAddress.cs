using System;

namespace FrameBridge.Grpc
{
    /// <summary>Turns an address as people write it into gRPC's form.</summary>
    internal static class GrpcAddress
    {
        public static Uri Of(string address)
        {
            var text = address.Trim();
            text = text.Contains("://") ? text : "http://" + text;
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != "http" && uri.Scheme != "https") || uri.Host.Length == 0)
            {
                throw new BridgeException(
                    ErrorReason.OutOfRange, $"\"{address}\" is not an address; write one such as 127.0.0.1:50051 or https://example.com:50051");
            }

            return uri;
        }
    }
}
