namespace FrameBridge
{
    /// <summary>One attribute of a look, chosen by hand.</summary>
    public readonly struct AvatarAttribute
    {
        /// <summary>Makes one. <paramref name="value"/> is one of the attribute's choices, or a colour "#rrggbb".</summary>
        public AvatarAttribute(string name, string value)
        {
            Name = name;
            Value = value;
        }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>One of its choices, or a colour "#rrggbb".</summary>
        public string Value { get; }
    }
}
