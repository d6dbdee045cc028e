namespace FrameBridge
{
    /// <summary>The kind of an entry in a recording.</summary>
    internal enum RecordKind : byte
    {
        /// <summary>A message that the server sent.</summary>
        Down = 0,

        /// <summary>A message that the client sent.</summary>
        Up = 1,

        /// <summary>A camera picture was sent here, and is left out.</summary>
        CameraGap = 2,

        /// <summary>Messages are missing here because the ring was full.</summary>
        Gap = 3,
    }
}
