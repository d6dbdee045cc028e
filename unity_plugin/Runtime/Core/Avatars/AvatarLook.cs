using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What an avatar looks like. Immutable; equal looks give equal pictures.</summary>
    public sealed class AvatarLook
    {
        /// <summary>
        /// Makes a look: <paramref name="seed"/> sets every attribute, <paramref name="attributes"/> override some, and
        /// <paramref name="expression"/> (null or empty: the seed's default) is shown at <paramref name="intensity"/>,
        /// 0 to 1. Throws <see cref="ArgumentException"/> for an attribute without a name.
        /// </summary>
        public AvatarLook(long seed, IReadOnlyList<AvatarAttribute> attributes = null, string expression = null, float intensity = 1f)
        {
            Seed = seed;
            Attributes = Copy(attributes);
            Expression = expression ?? string.Empty;
            Intensity = intensity;
        }

        /// <summary>The identity; it determines every attribute.</summary>
        public long Seed { get; }

        /// <summary>Attributes that override the seed.</summary>
        public IReadOnlyList<AvatarAttribute> Attributes { get; }

        /// <summary>The expression's name; empty for the seed's default.</summary>
        public string Expression { get; }

        /// <summary>From 0 (neutral) to 1 (full).</summary>
        public float Intensity { get; }

        private static AvatarAttribute[] Copy(IReadOnlyList<AvatarAttribute> attributes)
        {
            var copy = new AvatarAttribute[attributes?.Count ?? 0];
            for (var i = 0; i < copy.Length; i++)
            {
                copy[i] = attributes[i];
                if (string.IsNullOrEmpty(copy[i].Name))
                {
                    throw new ArgumentException($"attribute {i} has no name; take one from the server's schema", nameof(attributes));
                }
            }

            return copy;
        }
    }
}
