namespace FrameBridge
{
    /// <summary>An object and its box, in pixels of the picture from its top left corner. A plain value.</summary>
    public struct Detection
    {
        /// <summary>The class's number in COCO, from 0 to 79.</summary>
        public int ClassId;

        /// <summary>The class's name.</summary>
        public string Label;

        /// <summary>The score, from 0 to 1.</summary>
        public float Score;

        /// <summary>Left edge in pixels.</summary>
        public float X;

        /// <summary>Top edge in pixels.</summary>
        public float Y;

        /// <summary>Width in pixels.</summary>
        public float Width;

        /// <summary>Height in pixels.</summary>
        public float Height;
    }
}
