namespace FrameBridge
{
    /// <summary>The kind of a StreamAvatarResponse; the values are its field numbers.</summary>
    internal enum AvatarMessageKind
    {
        None = 0,
        Opened = 1,
        Status = 2,
        Frame = 3,
    }
}
