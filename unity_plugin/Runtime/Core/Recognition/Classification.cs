namespace FrameBridge
{
    /// <summary>A name for a whole picture. A plain value.</summary>
    public struct Classification
    {
        /// <summary>The class's number in ImageNet.</summary>
        public int ClassId;

        /// <summary>The class's name.</summary>
        public string Label;

        /// <summary>The score, from 0 to 1.</summary>
        public float Score;
    }
}
