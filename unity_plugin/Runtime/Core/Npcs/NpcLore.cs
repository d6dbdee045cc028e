using System;

namespace FrameBridge
{
    /// <summary>A passage that is looked up where it fits what the player says.</summary>
    [Serializable]
    public sealed class NpcLore
    {
        /// <summary>"The flood". Required.</summary>
        public string Title = string.Empty;

        /// <summary>The passage. Required.</summary>
        public string Text = string.Empty;
    }
}
