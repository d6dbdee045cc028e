using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Who speaks to an NPC. Immutable.</summary>
    public sealed class NpcPlayer
    {
        /// <summary>
        /// Makes a player. <paramref name="name"/>, at most 64 characters, is for the slot {player} of authored lines;
        /// <paramref name="roles"/>, at most 16 of 64 characters each, decide which actions the player may trigger.
        /// </summary>
        public NpcPlayer(string name, params string[] roles)
        {
            Name = name ?? string.Empty;
            Roles = roles == null ? Array.Empty<string>() : (string[])roles.Clone();
        }

        /// <summary>The player's name; may be empty.</summary>
        public string Name { get; }

        /// <summary>The roles that the game gives the player.</summary>
        public IReadOnlyList<string> Roles { get; }
    }
}
