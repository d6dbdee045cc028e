namespace FrameBridge
{
    /// <summary>A stage of a request; a late or refused answer is attributed to one.</summary>
    public enum Stage
    {
        /// <summary>Not known.</summary>
        Unspecified = 0,

        /// <summary>Waiting for earlier work of the same kind.</summary>
        Queue = 1,

        /// <summary>Waiting for the slice of another model.</summary>
        Blocked = 2,

        /// <summary>Waiting for a batch to fill.</summary>
        BatchWait = 3,

        /// <summary>On the device.</summary>
        Compute = 4,

        /// <summary>Encoding the answer after the device's work; with a server of minor 0 also decoding the picture.</summary>
        Encode = 5,

        /// <summary>Transfer to the client.</summary>
        Transport = 6,

        /// <summary>Decoding the picture, and waiting for that.</summary>
        Decode = 7,
    }
}
