namespace FrameBridge
{
    /// <summary>
    /// A point of a <see cref="FaceMesh"/>, in pixels from the picture's top left corner; it may lie outside of the
    /// picture. A plain value.
    /// </summary>
    public struct MeshPoint
    {
        /// <summary>To the right.</summary>
        public float X;

        /// <summary>Down.</summary>
        public float Y;

        /// <summary>From about the head's centre, in the same unit; less is closer to the camera.</summary>
        public float Depth;
    }
}
