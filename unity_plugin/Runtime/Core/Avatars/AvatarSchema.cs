using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What a look may be made of, as the server told it.</summary>
    public sealed class AvatarSchema
    {
        /// <summary>Makes one. Called by transports.</summary>
        public AvatarSchema(IReadOnlyList<AvatarAttributeSchema> attributes, IReadOnlyList<string> expressions)
        {
            Attributes = attributes ?? Array.Empty<AvatarAttributeSchema>();
            Expressions = expressions ?? Array.Empty<string>();
        }

        /// <summary>All attributes.</summary>
        public IReadOnlyList<AvatarAttributeSchema> Attributes { get; }

        /// <summary>Names of the expressions.</summary>
        public IReadOnlyList<string> Expressions { get; }
    }
}
