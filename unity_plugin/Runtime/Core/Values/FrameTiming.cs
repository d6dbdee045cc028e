namespace FrameBridge
{
    /// <summary>Where the time of one answer went on the server, in microseconds. A plain value: copying it makes no garbage.</summary>
    public struct FrameTiming
    {
        /// <summary>From the arrival of the request to the start of its run, less the parts named below.</summary>
        public long QueueMicros;

        /// <summary>Of the wait: held back on purpose so that a batch could fill.</summary>
        public long BatchWaitMicros;

        /// <summary>Other models' slices that came between.</summary>
        public long BlockedMicros;

        /// <summary>Slices of its own run.</summary>
        public long ComputeMicros;

        /// <summary>Encoding what goes; with a server of minor 0 also decoding what came.</summary>
        public long EncodeMicros;

        /// <summary>From the arrival of a picture to its being decoded, waiting included.</summary>
        public long DecodeMicros;

        /// <summary>All of it: from the arrival of the request to the answer being handed to the transport.</summary>
        public long ServerMicros;

        /// <summary>How many jobs shared the run. 0 when no run was needed.</summary>
        public int BatchSize;

        /// <summary>How many slices the run took.</summary>
        public int SliceCount;

        /// <summary>0 for the best rung, rising as answers get cheaper.</summary>
        public int RungIndex;

        /// <summary>Which way of answering was taken ("avatar.64", "repeat"). Never null after it came from a server.</summary>
        public string Rung;

        /// <summary>The version of the model that answered.</summary>
        public string ModelVersion;

        /// <summary>A timing of which nothing is known; its texts are empty, not null.</summary>
        internal static FrameTiming Unknown => new FrameTiming { Rung = string.Empty, ModelVersion = string.Empty };
    }
}
