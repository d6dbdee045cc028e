using System;

namespace FrameBridge
{
    /// <summary>Something that the character may do in the game.</summary>
    [Serializable]
    public sealed class NpcAction
    {
        /// <summary>Small letters, digits and _: "open_shop". Required.</summary>
        public string Name = string.Empty;

        /// <summary>"Shows the wares to the player." Required.</summary>
        public string Description = string.Empty;

        /// <summary>A JSON schema of an object, as JSON. Empty: no parameters.</summary>
        public string ParametersJson = string.Empty;

        /// <summary>Roles that a player needs one of. None: anyone. At most 16.</summary>
        public string[] Who = Array.Empty<string>();

        /// <summary>What players say when they want it: "let me see what you have". At most 32.</summary>
        public string[] Examples = Array.Empty<string>();

        /// <summary>Seconds that the game may take, up to 60. 0: five seconds.</summary>
        public double TimeoutSeconds;

        /// <summary>What becomes of a call while another one of the character is open.</summary>
        public NpcActionPolicy Policy;
    }
}
