namespace FrameBridge
{
    /// <summary>
    /// A face with 468 points, which <see cref="RecognitionResult.MeshPoints"/> gives; the box is that of the points, in
    /// pixels from the picture's top left corner. A plain value.
    /// </summary>
    public struct FaceMesh
    {
        /// <summary>The number of points of every mesh, those of MediaPipe's canonical face in its order.</summary>
        public const int PointCount = 468;

        /// <summary>That there is a face, from 0 to 1.</summary>
        public float Score;

        /// <summary>Left edge in pixels, within the picture.</summary>
        public float X;

        /// <summary>Top edge in pixels.</summary>
        public float Y;

        /// <summary>Width in pixels.</summary>
        public float Width;

        /// <summary>Height in pixels.</summary>
        public float Height;

        /// <summary>How the head is turned.</summary>
        public HeadPose Head;
    }
}
