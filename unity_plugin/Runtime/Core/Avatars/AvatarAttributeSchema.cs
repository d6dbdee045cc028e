using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>An attribute that a look may have.</summary>
    public sealed class AvatarAttributeSchema
    {
        /// <summary>Called by transports.</summary>
        public AvatarAttributeSchema(string name, IReadOnlyList<string> choices, bool isColor)
        {
            Name = name ?? string.Empty;
            Choices = choices ?? Array.Empty<string>();
            IsColor = isColor;
        }

        /// <summary>The attribute's name.</summary>
        public string Name { get; }

        /// <summary>The allowed values; empty for a colour.</summary>
        public IReadOnlyList<string> Choices { get; }

        /// <summary>Whether it is a colour, written "#rrggbb".</summary>
        public bool IsColor { get; }
    }
}
