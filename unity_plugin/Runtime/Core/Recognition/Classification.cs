namespace FrameBridge
{
    /// <summary>A name for a whole picture. A plain value.</summary>
    public struct Classification
    {
        /// <summary>ImageNet's number of the class.</summary>
        public int ClassId;

        /// <summary>Its name.</summary>
        public string Label;

        /// <summary>From 0 to 1.</summary>
        public float Score;
    }
}
