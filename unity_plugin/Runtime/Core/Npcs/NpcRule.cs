using System;

namespace FrameBridge
{
    /// <summary>What the character always or never does.</summary>
    [Serializable]
    public sealed class NpcRule
    {
        /// <summary>In the third person, as it follows the name: "never serves elves". Required.</summary>
        public string Rule = string.Empty;

        /// <summary>Whom it concerns: "elf", "elves". At most 16.</summary>
        public string[] Who = Array.Empty<string>();

        /// <summary>"they burned the old inn".</summary>
        public string Why = string.Empty;
    }
}
