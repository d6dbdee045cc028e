namespace FrameBridge
{
    /// <summary>What an entry of a recording is.</summary>
    internal enum RecordKind : byte
    {
        /// <summary>A message that the server sent.</summary>
        Down = 0,

        /// <summary>A message that the client sent.</summary>
        Up = 1,

        /// <summary>A picture of a camera was sent here, and is left out.</summary>
        CameraGap = 2,

        /// <summary>Messages were here that the ring had no room for.</summary>
        Gap = 3,
    }
}
