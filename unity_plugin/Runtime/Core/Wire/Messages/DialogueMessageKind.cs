namespace FrameBridge
{
    /// <summary>The kind of a ConverseResponse; the values are its field numbers.</summary>
    internal enum DialogueMessageKind
    {
        None = 0,
        Opened = 3,
        Started = 4,
        Token = 5,
        Sentence = 6,
        Done = 7,
        HistoryCut = 9,
        Action = 10,
        ActionEnded = 11,
        Trace = 12,
    }
}
