using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;

namespace FrameBridge.Tests
{
    /// <summary>
    /// A server in memory, controlled by a test: sessions, streams, losses. Each connection of a client is one of its
    /// transports.
    /// </summary>
    internal sealed class ScriptedServer
    {
        private readonly List<ScriptedTransport> _transports = new List<ScriptedTransport>();
        private int _sessions;

        public ConcurrentQueue<string> Handshakes { get; } = new ConcurrentQueue<string>();

        public ConcurrentQueue<string> Farewells { get; } = new ConcurrentQueue<string>();

        /// <summary>Whether handshakes fail as if the port were closed.</summary>
        public volatile bool IsDown;

        /// <summary>Whether sessions can be resumed.</summary>
        public volatile bool Remembers = true;

        /// <summary>Microseconds to add to each of the next pings.</summary>
        public ConcurrentQueue<long> Delays { get; } = new ConcurrentQueue<long>();

        public volatile int Major = FrameBridge.ProtocolVersion.Major;

        /// <summary>From 1 on it reports its models, if it <see cref="TakesWatchers"/>.</summary>
        public volatile int Minor;

        public volatile bool TakesWatchers = true;

        /// <summary>Whether it agrees to bundles, as one of minor 4 does.</summary>
        public volatile bool TakesBundles;

        private volatile IReadOnlyList<BridgeModel> _models = Array.Empty<BridgeModel>();
        private int _listings;

        /// <summary>The current models.</summary>
        public IReadOnlyList<BridgeModel> Models
        {
            get => _models;
            set
            {
                _models = value;
                Told?.Invoke(value);
            }
        }

        public BridgeLimits Limits { get; } = new BridgeLimits
        {
            MaxSlotsPerStream = 4,
            MaxConversations = 4,
            MaxTextBytes = 4096,
            MaxContextTokens = 512,
            MaxImageBytes = 100_000,
            MaxPoseBytes = 4096,
        };

        /// <summary>Whether a client watches the models.</summary>
        public bool IsWatched => Told != null;

        private event Action<IReadOnlyList<BridgeModel>> Told;

        public async Task WatchAsync(Action<IReadOnlyList<BridgeModel>> heard, CancellationToken cancellation)
        {
            if (!TakesWatchers)
            {
                throw new BridgeException(ErrorReason.Overloaded, "256 calls of WatchModels are open", isLost: false);
            }

            Told += heard;
            try
            {
                heard(Models);
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
            }
            finally
            {
                Told -= heard;
            }
        }

        /// <summary>How often a client has asked for the models.</summary>
        public int ListingCount => Volatile.Read(ref _listings);

        public void CountListing() => Interlocked.Increment(ref _listings);

        /// <summary>Makes the model of this name ready; null if there is none.</summary>
        public BridgeModel Load(string name)
        {
            Models = Models
                .Select(model => model.Name == name
                    ? new BridgeModel(name, model.Capability, ModelState.Ready, "1", string.Empty, model.Rungs)
                    : model)
                .ToArray();
            return Models.FirstOrDefault(model => model.Name == name);
        }

        public int TransportCount
        {
            get
            {
                lock (_transports)
                {
                    return _transports.Count;
                }
            }
        }

        public int OpenTransportCount
        {
            get
            {
                lock (_transports)
                {
                    return _transports.Count(transport => !transport.IsDisposed);
                }
            }
        }

        /// <summary>Streams opened so far.</summary>
        public int CallCount
        {
            get
            {
                lock (_transports)
                {
                    return _transports.Sum(transport => transport.Calls.Count);
                }
            }
        }

        public BridgeOptions Options() => new BridgeOptions { Transport = Open, MaxBackoffSeconds = 0.01 };

        /// <summary>The open call of a kind, once there is one with its first message.</summary>
        public async Task<ScriptedCall> Call(BridgeStream kind, ScriptedCall notThis = null)
        {
            ScriptedCall found = null;
            await Expect.Until(() => (found = Find(kind)) != null && found != notThis && found.Up.Count > 0, $"a call of {kind}").ConfigureAwait(false);
            return found;
        }

        public string NextSession(string resumes, out bool resumed)
        {
            Handshakes.Enqueue(resumes);
            resumed = Remembers && resumes.Length > 0;
            return resumed ? resumes : $"session-{Interlocked.Increment(ref _sessions)}";
        }

        private IBridgeTransport Open(BridgeOptions options)
        {
            var transport = new ScriptedTransport(this);
            lock (_transports)
            {
                _transports.Add(transport);
            }

            return transport;
        }

        private ScriptedCall Find(BridgeStream kind)
        {
            lock (_transports)
            {
                return _transports.SelectMany(transport => transport.Calls).LastOrDefault(call => call.Kind == kind && !call.IsOver);
            }
        }
    }
}
