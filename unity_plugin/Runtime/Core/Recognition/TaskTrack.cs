namespace FrameBridge
{
    /// <summary>One kind of task of one camera: its open requests and its newest result.</summary>
    internal sealed class TaskTrack
    {
        public readonly SentRequests Asks = new SentRequests();
        public readonly ResultBuffers Results = new ResultBuffers();
        public long Newest;
        public double LateSeconds; // of the newest answer that arrived too late, until taken

        /// <summary>Open requests will not be answered.</summary>
        public void Lost()
        {
            Asks.Clear();
            Newest = 0;
        }
    }
}
