using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>Whether a server answers at the project's address, with a compatible version.</summary>
    internal sealed class ServerCheck : Check
    {
        private const string Name = "Server";
        private const double TimeoutSeconds = 3;

        private readonly Func<BridgeOptions> _options;

        /// <summary>Takes a function that makes the options of a connection, as a component would.</summary>
        public ServerCheck(Func<BridgeOptions> options)
        {
            _options = options;
        }

        public override async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancel)
        {
            var options = _options();
            if (options.Transport == null && !BridgeTransports.IsRegistered)
            {
                return new[]
                {
                    Finding.Note(Name, "Not checked: the gRPC layer is off.", "Fix the libraries above, then check again."),
                };
            }

            options.ClientName = "framebridge-doctor";
            options.TimeoutSeconds = TimeoutSeconds;
            try
            {
                return await AskAsync(options, cancel);
            }
            catch (BridgeException error)
            {
                return new[] { Finding.Fault(Name, $"{options.Address}: {error.Message}", MendOf(error.Reason)) };
            }
            catch (ArgumentException error)
            {
                return new[] { Finding.Fault(Name, error.Message, "Correct the address in the settings asset.") };
            }
        }

        private static async Task<IReadOnlyList<Finding>> AskAsync(BridgeOptions options, CancellationToken cancel)
        {
            var client = new BridgeClient(options);
            try
            {
                await ConnectAsync(client, cancel);
                var link = await client.PingAsync(cancel);
                return Told(options.Address, client, link).ToList();
            }
            finally
            {
                await client.DisposeAsync();
            }
        }

        /// <summary>A client keeps trying; the Doctor reports why it does not connect.</summary>
        private static async Task ConnectAsync(BridgeClient client, CancellationToken cancel)
        {
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel))
            {
                patience.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
                try
                {
                    await client.ConnectAsync(patience.Token);
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    throw client.LastError ?? new BridgeException(ErrorReason.NoAnswer, $"no answer within {TimeoutSeconds} s", true);
                }
            }
        }

        private static IEnumerable<Finding> Told(string address, BridgeClient client, double link)
        {
            yield return Finding.Fine(Name, $"{address} answers; the round trip takes {link * 1000:0.0} ms.");
            yield return VersionOf(client.ServerVersion);
            foreach (var model in client.Models)
            {
                yield return Told(address, model);
            }
        }

        private static Finding Told(string address, BridgeModel model)
        {
            var load = $"framebridge models load {model.Name} --server {address}";
            switch (model.State)
            {
                case ModelState.Ready:
                    return Finding.Fine("Model", $"{model.Name} is ready.");
                case ModelState.Unloaded: // no fault: some are loaded on request only
                    return Finding.Fine("Model", $"{model.Name} is not loaded. Where you need it: {load}");
                default:
                    var found = $"{model.Name} is {model.State.ToString().ToLowerInvariant()}. {model.Detail}".Trim();
                    return Finding.Note("Model", found, $"Load it where the server runs: {load}");
            }
        }

        private static Finding VersionOf(string server) => server == ProtocolVersion.Client
            ? Finding.Fine("Version", $"Server and package are both {server}.")
            : Finding.Note(
                "Version",
                $"The server is {server}, this package {ProtocolVersion.Client}; both speak version {ProtocolVersion.Major} of the contract.",
                "Update the older one when possible.");

        private static string MendOf(ErrorReason reason)
        {
            switch (reason)
            {
                case ErrorReason.VersionMismatch:
                    return "Install the package and the server from the same release.";
                case ErrorReason.Unreachable:
                case ErrorReason.NoAnswer:
                case ErrorReason.ConnectionLost:
                    return "Start one: framebridge serve, or the button in Project Settings, FrameBridge. For another "
                        + "machine, correct the address in the settings asset and check its firewall.";
                case ErrorReason.OutOfRange:
                    return "Correct the address, or the setting named above, in the settings asset.";
                case ErrorReason.NoTransport:
                    return "Fix the libraries above, then check again.";
                default:
                    return "See the server's message above, and its log.";
            }
        }
    }
}
