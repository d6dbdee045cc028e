using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>The attributes and expressions that the server offers.</summary>
    public sealed class AvatarSchema
    {
        /// <summary>Called by transports.</summary>
        public AvatarSchema(IReadOnlyList<AvatarAttributeSchema> attributes, IReadOnlyList<string> expressions)
        {
            Attributes = attributes ?? Array.Empty<AvatarAttributeSchema>();
            Expressions = expressions ?? Array.Empty<string>();
        }

        /// <summary>All attributes.</summary>
        public IReadOnlyList<AvatarAttributeSchema> Attributes { get; }

        /// <summary>Names of all expressions.</summary>
        public IReadOnlyList<string> Expressions { get; }
    }
}
