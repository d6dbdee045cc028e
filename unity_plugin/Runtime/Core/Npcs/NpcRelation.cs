using System;

namespace FrameBridge
{
    /// <summary>Somebody that the character knows.</summary>
    [Serializable]
    public sealed class NpcRelation
    {
        /// <summary>"Tobin". Required.</summary>
        public string Who = string.Empty;

        /// <summary>What they are to the character: "brother". Required.</summary>
        public string Role = string.Empty;

        /// <summary>A clause or a sentence: "he mends nets north of the mill".</summary>
        public string Note = string.Empty;
    }
}
