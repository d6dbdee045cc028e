namespace FrameBridge
{
    /// <summary>When an NPC's face shows a sentence.</summary>
    public enum NpcFacePace
    {
        /// <summary>One after the other, each as long as it takes to read.</summary>
        Reading = 0,

        /// <summary>When a script calls <see cref="NpcFace.Show"/> and <see cref="NpcFace.Rest"/>: a voice.</summary>
        Script = 1,
    }
}
