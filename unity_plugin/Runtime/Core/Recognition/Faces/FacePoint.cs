namespace FrameBridge
{
    /// <summary>A point in pixels from the picture's top left corner. A plain value.</summary>
    public struct FacePoint
    {
        /// <summary>To the right.</summary>
        public float X;

        /// <summary>Down.</summary>
        public float Y;
    }
}
