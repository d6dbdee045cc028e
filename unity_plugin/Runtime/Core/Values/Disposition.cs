namespace FrameBridge
{
    /// <summary>The outcome of a request without a payload.</summary>
    public enum Disposition
    {
        /// <summary>Never sent.</summary>
        Unspecified = 0,

        /// <summary>Malformed. Sending it again does not help.</summary>
        Invalid = 1,

        /// <summary>Answered early, without device time: no rung can make it, or a queue is full.</summary>
        Refused = 2,

        /// <summary>Complete after its deadline.</summary>
        Missed = 3,

        /// <summary>Replaced by a newer request of its slot. Not a miss.</summary>
        Superseded = 4,

        /// <summary>Withdrawn by the client.</summary>
        Cancelled = 5,

        /// <summary>The model or the device failed.</summary>
        Failed = 6,

        /// <summary>The newest frame is still current; only with a heartbeat.</summary>
        Unchanged = 7,
    }
}
