namespace UnityEngine.Rendering
{
    public readonly struct AsyncGPUReadbackRequest
    {
        private readonly Readback _readback;

        internal AsyncGPUReadbackRequest(Readback readback) => _readback = readback;

        public bool done => _readback.Done;

        public bool hasError => _readback.Failed;

        public int width => _readback.Width;

        public int height => _readback.Height;

        public void WaitForCompletion() => AsyncGPUReadback.StubFinish(_readback);
    }
}
