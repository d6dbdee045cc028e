namespace FrameBridge
{
    /// <summary>The kind of a RecognizeResponse; the values are its field numbers.</summary>
    internal enum RecognitionMessageKind
    {
        None = 0,
        Opened = 1,
        Status = 2,
        Result = 3,
    }
}
