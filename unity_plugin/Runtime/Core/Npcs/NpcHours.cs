using System;

namespace FrameBridge
{
    /// <summary>
    /// When something is open, in words as they are said. At least one of <see cref="Opens"/>, <see cref="Closes"/> and
    /// <see cref="Closed"/>.
    /// </summary>
    [Serializable]
    public sealed class NpcHours
    {
        /// <summary>"the kitchen". Required.</summary>
        public string What = string.Empty;

        /// <summary>"noon".</summary>
        public string Opens = string.Empty;

        /// <summary>"an hour after dark".</summary>
        public string Closes = string.Empty;

        /// <summary>Days on which it is closed: "Moonday". At most 14.</summary>
        public string[] Closed = Array.Empty<string>();

        /// <summary>Why it is closed then: "the cook rests".</summary>
        public string Why = string.Empty;

        /// <summary>Whether it is several: "the docks open".</summary>
        public NpcPlural Plural;
    }
}
