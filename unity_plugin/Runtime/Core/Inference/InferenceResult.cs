namespace FrameBridge
{
    /// <summary>
    /// The result of one request: the model's outputs, or the reason why there are none. The object is reused: an answer
    /// is valid until the next answer of its slot is taken, a reason until the next reason.
    /// </summary>
    public sealed class InferenceResult
    {
        internal InferenceResult()
        {
        }

        /// <summary>The slot's number.</summary>
        public int Slot { get; internal set; }

        /// <summary>The request's index, as <see cref="InferenceSlot.TrySend"/> gave it; 0 if the reason is about none.</summary>
        public long RequestIndex { get; internal set; }

        /// <summary>Whether there is an answer; if not, <see cref="Outcome"/> says why.</summary>
        public bool IsAnswered { get; internal set; }

        /// <summary>The outcome of a request without an answer. An answer after its budget is dropped, as missed.</summary>
        public Outcome Outcome { get; internal set; }

        /// <summary>Whether this is an earlier result, sent again because a new one could not be on time.</summary>
        public bool Repeated => RepeatedFromIndex != 0;

        /// <summary>For a repeated result: the request that it is from. Else 0.</summary>
        public long RepeatedFromIndex { get; internal set; }

        /// <summary>Seconds from the request to its result.</summary>
        public double ElapsedSeconds { get; internal set; }

        /// <summary>The budget in seconds, the model's default if the request set none; 0 if not known.</summary>
        public double BudgetSeconds { get; internal set; }

        /// <summary>How the server spent the time.</summary>
        public FrameTiming Timing { get; internal set; }

        /// <summary>The model's outputs; none without an answer.</summary>
        public TensorReader Outputs { get; } = new TensorReader();

        /// <summary>Makes it the end of a request that gets no answer.</summary>
        internal void Fail(int slot, long requestIndex, in Outcome outcome)
        {
            Slot = slot;
            RequestIndex = requestIndex;
            IsAnswered = false;
            Outcome = outcome;
            RepeatedFromIndex = 0;
            Timing = outcome.Timing;
            Outputs.Clear();
        }

        /// <summary>Makes it the answer whose outputs are complete.</summary>
        internal void Answer(InferenceMessage message)
        {
            Slot = message.Slot;
            RequestIndex = message.RequestIndex;
            IsAnswered = true;
            Outcome = Outcome.Unknown;
            RepeatedFromIndex = message.RepeatedFromIndex;
            Timing = message.Timing;
        }
    }
}
