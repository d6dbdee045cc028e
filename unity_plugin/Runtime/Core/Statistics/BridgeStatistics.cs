using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// Counts and times of one client, on its own clock. May be read on any thread; reading does not allocate.
    /// </summary>
    public sealed class BridgeStatistics
    {
        private readonly Dictionary<Capability, CapabilityStatistics> _byCapability = new Dictionary<Capability, CapabilityStatistics>();

        internal BridgeStatistics()
        {
            foreach (var kind in StreamKind.All)
            {
                _byCapability.Add(kind.Capability, new CapabilityStatistics());
            }

            Avatar = Of(Capability.Avatar);
            Dialogue = Of(Capability.Dialogue);
            Recognition = Of(Capability.Recognition);
        }

        /// <summary>Texture frames.</summary>
        public CapabilityStatistics Avatar { get; }

        /// <summary>First tokens of turns.</summary>
        public CapabilityStatistics Dialogue { get; }

        /// <summary>Recognition results.</summary>
        public CapabilityStatistics Recognition { get; }

        /// <summary>The statistics of one capability. Throws <see cref="ArgumentOutOfRangeException"/> for one that has no stream.</summary>
        public CapabilityStatistics Of(Capability capability) => _byCapability.TryGetValue(capability, out var statistics)
            ? statistics
            : throw new ArgumentOutOfRangeException(nameof(capability), capability, "no such capability");
    }
}
