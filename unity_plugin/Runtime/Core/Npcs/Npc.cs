using System;

namespace FrameBridge
{
    /// <summary>
    /// A character as data: what it is, what it knows and what it may do. Plain fields, which Unity and other
    /// serializers can write and read; <see cref="NpcFile"/> reads and writes the server's files of characters.
    /// </summary>
    [Serializable]
    public sealed class Npc
    {
        /// <summary>Its name for programs: small letters, digits and -, at most 64. Required.</summary>
        public string Id = string.Empty;

        /// <summary>Its name: "Mara Quill". Required.</summary>
        public string Name = string.Empty;

        /// <summary>What it is, in a few words: "innkeeper". Required.</summary>
        public string Trade = string.Empty;

        /// <summary>Where it is: "the Drowned Lantern in Saltmere".</summary>
        public string Place = string.Empty;

        /// <summary>Who it is, in a few sentences. Required.</summary>
        public string Persona = string.Empty;

        /// <summary>How it talks: "short sentences, dry humour".</summary>
        public string Style = string.Empty;

        /// <summary>A name for the voice of the game.</summary>
        public string Voice = string.Empty;

        /// <summary>What it wants: "fill the rooms before the fair". At most 8.</summary>
        public string[] Goals = Array.Empty<string>();

        /// <summary>The currency of its prices: "silver". Required where a ware names none.</summary>
        public string Currency = string.Empty;

        /// <summary>The currency's plural, where that differs: "crowns".</summary>
        public string CurrencyPlural = string.Empty;

        /// <summary>What it sells. At most 256.</summary>
        public NpcWare[] Wares = Array.Empty<NpcWare>();

        /// <summary>What one currency is worth in another. At most 64.</summary>
        public NpcRate[] Rates = Array.Empty<NpcRate>();

        /// <summary>When things are open. At most 64.</summary>
        public NpcHours[] Hours = Array.Empty<NpcHours>();

        /// <summary>Whom it knows. At most 256.</summary>
        public NpcRelation[] Relations = Array.Empty<NpcRelation>();

        /// <summary>What it always or never does. At most 64.</summary>
        public NpcRule[] Rules = Array.Empty<NpcRule>();

        /// <summary>What else it knows. At most 2,000.</summary>
        public NpcFact[] Facts = Array.Empty<NpcFact>();

        /// <summary>Passages that are looked up where they fit. At most 10,000.</summary>
        public NpcLore[] Lore = Array.Empty<NpcLore>();

        /// <summary>Lines written by the author. At most 64.</summary>
        public NpcLine[] Lines = Array.Empty<NpcLine>();

        /// <summary>What it may do in the game. At most 64.</summary>
        public NpcAction[] Actions = Array.Empty<NpcAction>();

        /// <summary>What it does not talk about. At most 64.</summary>
        public NpcRefusal[] Refusals = Array.Empty<NpcRefusal>();
    }
}
