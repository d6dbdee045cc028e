using System;

namespace FrameBridge
{
    /// <summary>Counts and times of one client, by its own clock. May be read on any thread; reading makes no garbage.</summary>
    public sealed class BridgeStatistics
    {
        internal BridgeStatistics()
        {
        }

        /// <summary>Texture frames.</summary>
        public CapabilityStatistics Avatar { get; } = new CapabilityStatistics();

        /// <summary>First tokens of turns.</summary>
        public CapabilityStatistics Dialogue { get; } = new CapabilityStatistics();

        /// <summary>Recognition results.</summary>
        public CapabilityStatistics Recognition { get; } = new CapabilityStatistics();

        /// <summary>The statistics of one capability. Throws <see cref="ArgumentOutOfRangeException"/> for Unspecified.</summary>
        public CapabilityStatistics Of(Capability capability)
        {
            switch (capability)
            {
                case Capability.Avatar: return Avatar;
                case Capability.Dialogue: return Dialogue;
                case Capability.Recognition: return Recognition;
                default: throw new ArgumentOutOfRangeException(nameof(capability), capability, "no such capability");
            }
        }
    }
}
