namespace FrameBridge
{
    /// <summary>
    /// How the server spent the time of one answer, in microseconds. A plain value; copying does not allocate.
    /// </summary>
    public struct FrameTiming
    {
        /// <summary>From the request's arrival to the start of its run, less the parts below.</summary>
        public long QueueMicros;

        /// <summary>Waiting for a batch to fill.</summary>
        public long BatchWaitMicros;

        /// <summary>Other models' slices in between.</summary>
        public long BlockedMicros;

        /// <summary>The slices of its run.</summary>
        public long ComputeMicros;

        /// <summary>Encoding the answer; with a server of minor 0 also decoding the picture.</summary>
        public long EncodeMicros;

        /// <summary>From a picture's arrival until it is decoded, waiting included.</summary>
        public long DecodeMicros;

        /// <summary>The total: from the request's arrival until the answer is handed to the transport.</summary>
        public long ServerMicros;

        /// <summary>The number of jobs that shared the run; 0 without a run.</summary>
        public int BatchSize;

        /// <summary>The number of slices of the run.</summary>
        public int SliceCount;

        /// <summary>0 for the best rung, higher for cheaper ones.</summary>
        public int RungIndex;

        /// <summary>The rung's name ("avatar.64", "repeat"). Never null if received from a server.</summary>
        public string Rung;

        /// <summary>The version of the model that answered.</summary>
        public string ModelVersion;

        /// <summary>An unknown timing; its texts are empty, not null.</summary>
        internal static FrameTiming Unknown => new FrameTiming { Rung = string.Empty, ModelVersion = string.Empty };
    }
}
