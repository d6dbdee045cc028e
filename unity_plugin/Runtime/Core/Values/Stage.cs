namespace FrameBridge
{
    /// <summary>A part of an answer's way, named when an answer is late or refused.</summary>
    public enum Stage
    {
        /// <summary>Not known.</summary>
        Unspecified = 0,

        /// <summary>Waiting for earlier work of its own kind.</summary>
        Queue = 1,

        /// <summary>Waiting for the slice of another model.</summary>
        Blocked = 2,

        /// <summary>Waiting for a batch to fill.</summary>
        BatchWait = 3,

        /// <summary>On the device.</summary>
        Compute = 4,

        /// <summary>Making the answer from what the device gave; with a server of minor 0 also decoding the picture before.</summary>
        Encode = 5,

        /// <summary>On the way to the client.</summary>
        Transport = 6,

        /// <summary>Decoding the picture before, and waiting for that.</summary>
        Decode = 7,
    }
}
