namespace FrameBridge
{
    /// <summary>What to look for in a picture.</summary>
    public enum RecognitionKind
    {
        /// <summary>Not said: refused.</summary>
        Unspecified = 0,

        /// <summary>What the picture shows as a whole: ImageNet names.</summary>
        Classify = 1,

        /// <summary>Which objects are where: COCO names with boxes.</summary>
        Detect = 2,
    }
}
