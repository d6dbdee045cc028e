using System;
using System.Threading;

namespace FrameBridge
{
    /// <summary>The registry of transports, so that the components need not reference their assemblies. Any thread.</summary>
    public static class BridgeTransports
    {
        private static Func<BridgeOptions, IBridgeTransport> s_factory;

        /// <summary>Whether a transport is registered.</summary>
        public static bool IsRegistered => Volatile.Read(ref s_factory) != null;

        /// <summary>Registers a transport; the last one wins. Throws <see cref="ArgumentNullException"/> for null.</summary>
        public static void Register(Func<BridgeOptions, IBridgeTransport> factory)
        {
            Volatile.Write(ref s_factory, factory ?? throw new ArgumentNullException(nameof(factory)));
        }

        /// <summary>Unregisters it, for a play mode without a domain reload.</summary>
        public static void Reset()
        {
            Volatile.Write(ref s_factory, null);
        }

        internal static IBridgeTransport Create(BridgeOptions options)
        {
            var factory = options.Transport ?? Volatile.Read(ref s_factory);
            if (factory == null)
            {
                throw new BridgeException(
                    ErrorReason.NoTransport,
                    "no transport is installed; install Grpc.Net.Client and an HTTP/2 handler, then run the FrameBridge Setup Doctor");
            }

            try
            {
                return factory(options) ?? throw new InvalidOperationException("it gave null");
            }
            catch (Exception error) when (!(error is BridgeException))
            {
                throw new BridgeException(ErrorReason.NoTransport, $"the transport cannot be made: {error.Message}", false, error);
            }
        }
    }
}
