namespace FrameBridge
{
    /// <summary>
    /// A face, in pixels from the picture's top left corner. Left and right are the person's; points may lie outside of
    /// the picture. A plain value.
    /// </summary>
    public struct Face
    {
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

        /// <summary>Centre of the right eye.</summary>
        public FacePoint RightEye;

        /// <summary>Centre of the left eye.</summary>
        public FacePoint LeftEye;

        /// <summary>Tip of the nose.</summary>
        public FacePoint Nose;

        /// <summary>Centre of the mouth.</summary>
        public FacePoint Mouth;

        /// <summary>Where the right ear begins.</summary>
        public FacePoint RightEar;

        /// <summary>Where the left ear begins.</summary>
        public FacePoint LeftEar;

        /// <summary>How the head is turned, good to some ten degrees.</summary>
        public HeadPose Head;
    }
}
