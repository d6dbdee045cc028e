namespace FrameBridge
{
    /// <summary>The contract's InferenceRequest without its tensors.</summary>
    internal struct InferenceCall
    {
        public int Slot;
        public long RequestIndex;
        public string Model;
        public Budget Budget;
        public bool LatestOnly;
        public long LateCount;
    }
}
