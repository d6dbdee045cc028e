using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What a `say` tells of a character: which one, who speaks to it, and what it remembers.</summary>
    internal struct SaidToNpc
    {
        public string NpcId;
        public EncodedNpc Npc;
        public NpcPlayer Player;
        public IReadOnlyList<string> Memories;
        public bool WantsTrace;
    }
}
