using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>The suite's assertions, independent of NUnit, as the ahead-of-time program runs it too.</summary>
    internal static class Expect
    {
        /// <summary>The time limit of each wait, far above any expected time.</summary>
        public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        public static void That(bool isTrue, string what)
        {
            if (!isTrue)
            {
                throw new InvalidOperationException(what);
            }
        }

        public static void Equal<T>(T expected, T actual, string what)
        {
            That(Equals(expected, actual), $"{what}: expected {expected}, was {actual}");
        }

        /// <summary>Polls, like a game loop, until a condition holds.</summary>
        public static async Task Until(Func<bool> isSo, string what)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (!isSo())
            {
                That(!patience.IsCancellationRequested, $"{what}: not within {Patience.TotalSeconds} s");
                await Task.Delay(2).ConfigureAwait(false);
            }
        }

        /// <summary>A client that is ready.</summary>
        public static async Task<BridgeClient> Connected(BridgeOptions options)
        {
            var client = new BridgeClient(options);
            using var patience = new CancellationTokenSource(Patience);
            await client.ConnectAsync(patience.Token).ConfigureAwait(false);
            return client;
        }
    }
}
