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
    }
}
