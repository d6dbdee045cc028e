using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>An attribute of an avatar, set by hand, as the inspector stores it.</summary>
    [Serializable]
    public struct AvatarTrait
    {
        [SerializeField]
        [Tooltip("The attribute, as the server's schema names it.")]
        private string name;

        [SerializeField]
        [Tooltip("One of its choices, or a colour #rrggbb.")]
        private string value;

        /// <summary>
        /// Makes an attribute. <paramref name="value"/> is one of the attribute's choices, or a colour "#rrggbb".
        /// </summary>
        public AvatarTrait(string name, string value)
        {
            this.name = name;
            this.value = value;
        }

        /// <summary>The attribute's name.</summary>
        public string Name => name;

        /// <summary>One of its choices, or a colour "#rrggbb".</summary>
        public string Value => value;
    }
}
