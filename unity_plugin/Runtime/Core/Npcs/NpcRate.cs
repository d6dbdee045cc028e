using System;

namespace FrameBridge
{
    /// <summary>One of a currency is worth so much of another.</summary>
    [Serializable]
    public sealed class NpcRate
    {
        /// <summary>"crown". Required.</summary>
        public string One = string.Empty;

        /// <summary>Its plural, where that differs: "crowns".</summary>
        public string OnePlural = string.Empty;

        /// <summary>What one is worth, with at most two decimal places. Above 0.</summary>
        public double Worth;

        /// <summary>"silver". Required.</summary>
        public string Of = string.Empty;

        /// <summary>Its plural, where that differs.</summary>
        public string OfPlural = string.Empty;
    }
}
