using System;

namespace FrameBridge
{
    /// <summary>What the character says to an intent.</summary>
    [Serializable]
    public sealed class NpcLine
    {
        /// <summary>
        /// Small letters, digits and _: "greeting". Required. The name of an action: said once that has been done.
        /// </summary>
        public string Intent = string.Empty;

        /// <summary>What players say: "good evening to you". At least one.</summary>
        public string[] Examples = Array.Empty<string>();

        /// <summary>
        /// What is said, with the slots {player}, {name}, {item}, {price} and {stock}: "Evening, {player}." At least one.
        /// </summary>
        public string[] Say = Array.Empty<string>();
    }
}
