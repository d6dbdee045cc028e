using System;

namespace FrameBridge
{
    /// <summary>A topic that the character does not talk about.</summary>
    [Serializable]
    public sealed class NpcRefusal
    {
        /// <summary>"the smugglers". Required.</summary>
        public string Topic = string.Empty;

        /// <summary>What players say: "who brings the brandy in at night". At least one.</summary>
        public string[] Examples = Array.Empty<string>();

        /// <summary>What is said instead, with slots as in <see cref="NpcLine.Say"/>. At least one.</summary>
        public string[] Say = Array.Empty<string>();
    }
}
