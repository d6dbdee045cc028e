namespace FrameBridge
{
    /// <summary>
    /// An object and its box, in pixels of the picture from its top left corner. The fields from <see cref="TrackId"/>
    /// on are set by <see cref="RecognitionKind.Track"/> only. A plain value.
    /// </summary>
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

        /// <summary>Stays with the object while the camera's slot is open, from 1; 0 if objects are not followed.</summary>
        public long TrackId;

        /// <summary>Velocity of the box's centre in pixels a second, to the right.</summary>
        public float VelocityX;

        /// <summary>Velocity of the box's centre in pixels a second, downwards.</summary>
        public float VelocityY;

        /// <summary>
        /// Whether the box is where the object should be by its motion, as no picture of this moment shows it.
        /// </summary>
        public bool Predicted;

        /// <summary>For predicted boxes: how many seconds ago the object was seen.</summary>
        public double UnseenSeconds;
    }
}
