using System;
using System.Security.Authentication;
using Grpc.Core;

namespace FrameBridge.Grpc
{
    /// <summary>Turns gRPC's errors into the bridge's own, with the server's message if it sent one.</summary>
    internal static class GrpcErrors
    {
        private const string DetailKey = "framebridge-error-bin";

        public static BridgeException Of(Exception thrown, string address)
        {
            switch (thrown)
            {
                case BridgeException error:
                    return error;
                case RpcException error:
                    return Of(error, address);
                case OperationCanceledException _:
                    return new BridgeException(ErrorReason.Cancelled, "the call was cancelled", isLost: true, thrown);
                case InvalidOperationException _: // includes ObjectDisposedException: the channel is disposed
                    return new BridgeException(ErrorReason.ConnectionLost, "the connection was closed", isLost: true, thrown);
                default:
                    return new BridgeException(ErrorReason.ConnectionLost, $"the connection to {address} broke: {thrown.Message}", isLost: true, thrown);
            }
        }

        private static BridgeException Of(RpcException error, string address)
        {
            if (TryReadDetail(error, out var sent))
            {
                return sent;
            }

            for (var cause = error.Status.DebugException; cause != null; cause = cause.InnerException)
            {
                if (cause is AuthenticationException)
                {
                    return NotTrusted(error, cause, address);
                }
            }

            switch (error.StatusCode)
            {
                case StatusCode.Unavailable:
                    return new BridgeException(
                        ErrorReason.Unreachable, $"no server answers at {address}; start one with `framebridge serve`", isLost: true, error);
                case StatusCode.DeadlineExceeded:
                    return new BridgeException(ErrorReason.NoAnswer, $"the server at {address} did not answer in time", isLost: true, error);
                case StatusCode.Cancelled:
                    return new BridgeException(ErrorReason.Cancelled, "the call was cancelled", isLost: true, error);
                case StatusCode.Internal:
                case StatusCode.Unknown:
                    return new BridgeException(ErrorReason.ConnectionLost, $"the connection to {address} broke: {error.Status.Detail}", isLost: true, error);
                case StatusCode.Unauthenticated:
                case StatusCode.PermissionDenied:
                    return new BridgeException(
                        ErrorReason.Unspecified, $"{address} does not accept the token ({error.Status.Detail}); check the token provider", isLost: false, error);
                case StatusCode.Unimplemented:
                    return new BridgeException(
                        ErrorReason.VersionMismatch, $"{address} is not a FrameBridge server of this version", isLost: false, error);
                default:
                    return new BridgeException(ErrorReason.Unspecified, $"{error.StatusCode}: {error.Status.Detail}", isLost: false, error);
            }
        }

        private static BridgeException NotTrusted(RpcException error, Exception cause, string address)
        {
            var mend = cause.Message.Contains("NameMismatch")
                ? "use the certificate's name in the address"
                : "add its authority to RootCertificates";
            return new BridgeException(
                ErrorReason.Unreachable, $"the certificate of {address} is not trusted ({cause.Message}); {mend}", isLost: false, error);
        }

        /// <summary>Reads the server's error detail. Other servers, and gRPC itself, send only a status.</summary>
        private static bool TryReadDetail(RpcException error, out BridgeException sent)
        {
            sent = null;
            var bytes = error.Trailers?.GetValueBytes(DetailKey);
            var detail = default(ErrorDetailMessage);
            if (bytes == null || !detail.Read(bytes))
            {
                return false;
            }

            var isLost = detail.Reason == ErrorReason.ShuttingDown || detail.Reason == ErrorReason.UnknownSession;
            sent = new BridgeException(detail.Reason, detail.Message, isLost, error);
            return true;
        }
    }
}
