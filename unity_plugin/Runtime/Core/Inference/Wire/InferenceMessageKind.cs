namespace FrameBridge
{
    /// <summary>The kind of an InferResponse; the values are its field numbers.</summary>
    internal enum InferenceMessageKind
    {
        None = 0,
        Opened = 1,
        Status = 2,
        Result = 3,
    }
}
