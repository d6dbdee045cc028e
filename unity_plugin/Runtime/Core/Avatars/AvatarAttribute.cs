namespace FrameBridge
{
    /// <summary>An attribute of a look, set by hand.</summary>
    public readonly struct AvatarAttribute
    {
        /// <summary>
        /// Makes an attribute. <paramref name="value"/> is one of the attribute's choices, or a colour "#rrggbb".
        /// </summary>
        public AvatarAttribute(string name, string value)
        {
            Name = name;
            Value = value;
        }

        /// <summary>The attribute's name.</summary>
        public string Name { get; }

        /// <summary>One of its choices, or a colour "#rrggbb".</summary>
        public string Value { get; }
    }
}
