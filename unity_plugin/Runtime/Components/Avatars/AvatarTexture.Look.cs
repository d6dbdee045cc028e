using System;
using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>The avatar's look. Changes within a frame are sent together in the next one.</summary>
    public sealed partial class AvatarTexture
    {
        private double _morph = -1;
        private bool _lookChanged;
        private AvatarLook _sentLook;

        /// <summary>The identity; it determines every attribute.</summary>
        public long Seed
        {
            get => seed;
            set
            {
                seed = value;
                _lookChanged = true;
            }
        }

        /// <summary>Attributes that override the seed. Change them with <see cref="SetAttribute"/>.</summary>
        public IReadOnlyList<AvatarTrait> Attributes => attributes;

        /// <summary>The expression's name; empty for the seed's default.</summary>
        public string Expression
        {
            get => expression;
            set
            {
                expression = value ?? string.Empty;
                _lookChanged = true;
            }
        }

        /// <summary>The expression's strength, from 0 (neutral) to 1 (full).</summary>
        public float Intensity
        {
            get => intensity;
            set
            {
                intensity = Mathf.Clamp01(value);
                _lookChanged = true;
            }
        }

        /// <summary>Seconds over which a change of the look blends in.</summary>
        public float MorphSeconds
        {
            get => morphSeconds;
            set => morphSeconds = Mathf.Max(0f, value);
        }

        /// <summary>The current look. A new object at each call.</summary>
        public AvatarLook Look
        {
            get
            {
                var chosen = new List<AvatarAttribute>(attributes.Count);
                foreach (AvatarTrait trait in attributes)
                {
                    if (!string.IsNullOrEmpty(trait.Name)) // an empty row of the inspector
                    {
                        chosen.Add(new AvatarAttribute(trait.Name, trait.Value));
                    }
                }

                return new AvatarLook(seed, chosen, expression, intensity);
            }
        }

        /// <summary>
        /// Sets an attribute by hand; null or empty returns it to the seed's value. Throws
        /// <see cref="ArgumentException"/> for an attribute without a name.
        /// </summary>
        public void SetAttribute(string name, string value)
        {
            if (string.IsNullOrEmpty(name))
            {
                throw new ArgumentException("an attribute needs a name; take one from the server's schema", nameof(name));
            }

            int at = attributes.FindIndex(trait => trait.Name == name);
            if (at >= 0)
            {
                attributes.RemoveAt(at);
            }

            if (!string.IsNullOrEmpty(value))
            {
                attributes.Add(new AvatarTrait(name, value));
            }

            _lookChanged = true;
        }

        /// <summary>Shows an expression at an intensity from 0 to 1, blended in over <see cref="MorphSeconds"/>.</summary>
        public void SetExpression(string name, float intensity = 1f)
        {
            Expression = name;
            Intensity = intensity;
        }

        /// <summary>
        /// Changes the look, blended in over <paramref name="seconds"/> (0 changes at once). Throws
        /// <see cref="ArgumentNullException"/> without a look.
        /// </summary>
        public void Morph(AvatarLook look, float seconds)
        {
            if (look == null)
            {
                throw new ArgumentNullException(nameof(look));
            }

            seed = look.Seed;
            expression = look.Expression;
            intensity = look.Intensity;
            attributes.Clear();
            foreach (AvatarAttribute attribute in look.Attributes)
            {
                attributes.Add(new AvatarTrait(attribute.Name, attribute.Value));
            }

            _morph = Math.Max(0f, seconds);
            _lookChanged = true;
        }

        /// <summary>A look that is already set is not sent again, unless it has its own blend time.</summary>
        private void SendLook()
        {
            _lookChanged = false;
            AvatarLook look = Look;
            if (_morph >= 0 || !IsSame(look, _sentLook))
            {
                _refused = null;
                _slot.SetLook(look, _morph >= 0 ? _morph : morphSeconds);
                _sentLook = look;
            }

            _morph = -1;
        }

        private static bool IsSame(AvatarLook one, AvatarLook two)
        {
            bool same = two != null && one.Seed == two.Seed && one.Expression == two.Expression
                && one.Intensity == two.Intensity && one.Attributes.Count == two.Attributes.Count;
            for (int i = 0; same && i < one.Attributes.Count; i++)
            {
                same = one.Attributes[i].Name == two.Attributes[i].Name && one.Attributes[i].Value == two.Attributes[i].Value;
            }

            return same;
        }
    }
}
