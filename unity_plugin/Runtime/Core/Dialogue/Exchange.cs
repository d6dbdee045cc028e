namespace FrameBridge
{
    /// <summary>What a player said, and what the character answered.</summary>
    public readonly struct Exchange
    {
        /// <summary>Makes an exchange.</summary>
        public Exchange(string said, string reply)
        {
            Said = said;
            Reply = reply;
        }

        /// <summary>What the player said.</summary>
        public string Said { get; }

        /// <summary>What the character answered; partial when the turn was cut short.</summary>
        public string Reply { get; }
    }
}
