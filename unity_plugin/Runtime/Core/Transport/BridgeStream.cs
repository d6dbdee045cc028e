namespace FrameBridge
{
    /// <summary>The kinds of streams of a session.</summary>
    public enum BridgeStream
    {
        /// <summary>AvatarService.StreamAvatar.</summary>
        Avatar = 0,

        /// <summary>DialogueService.Converse.</summary>
        Dialogue = 1,

        /// <summary>RecognitionService.Recognize.</summary>
        Recognition = 2,

        /// <summary>InferenceService.Infer.</summary>
        Inference = 3,
    }
}
