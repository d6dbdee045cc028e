using System;

namespace FrameBridge
{
    /// <summary>Something with a price.</summary>
    [Serializable]
    public sealed class NpcWare
    {
        /// <summary>In the singular, without an article: "room". Required.</summary>
        public string Item = string.Empty;

        /// <summary>"rooms". Empty: as English forms it.</summary>
        public string Plural = string.Empty;

        /// <summary>"a night", "a sack", "each".</summary>
        public string Unit = string.Empty;

        /// <summary>The price, with at most two decimal places. 0 is free.</summary>
        public double Price;

        /// <summary>The price's currency. Empty: the character's.</summary>
        public string Currency = string.Empty;

        /// <summary>The currency's plural, where that differs.</summary>
        public string CurrencyPlural = string.Empty;

        /// <summary>Whether somebody keeps count of it: then <see cref="Stock"/> counts.</summary>
        public bool HasStock;

        /// <summary>How many there are; 0 is sold out.</summary>
        public int Stock;
    }
}
