namespace FrameBridge
{
    /// <summary>What to look for in a picture.</summary>
    public enum RecognitionKind
    {
        /// <summary>Unspecified: refused.</summary>
        Unspecified = 0,

        /// <summary>Classify the whole picture: ImageNet names.</summary>
        Classify = 1,

        /// <summary>Detect objects: COCO names with boxes.</summary>
        Detect = 2,

        /// <summary>Follow objects from picture to picture: COCO names with boxes, ids and velocities.</summary>
        Track = 3,

        /// <summary>Find faces: boxes, six points each, and how the head is turned. Needs a server of minor version 7.</summary>
        Faces = 4,

        /// <summary>
        /// Fit 468 points to faces: to one, or to as many as <see cref="RecognitionTask.MaxResults"/> says, up to four.
        /// Needs a server of minor version 7.
        /// </summary>
        FaceMesh = 5,

        /// <summary>Mask the people in the picture. Needs a server of minor version 7.</summary>
        People = 6,
    }
}
