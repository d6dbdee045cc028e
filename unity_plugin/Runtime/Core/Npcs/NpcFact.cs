using System;

namespace FrameBridge
{
    /// <summary>A fact in a sentence of the author's.</summary>
    [Serializable]
    public sealed class NpcFact
    {
        /// <summary>"the cellar door". Required.</summary>
        public string About = string.Empty;

        /// <summary>"The cellar door is locked at dusk because of rats." Required.</summary>
        public string Text = string.Empty;
    }
}
