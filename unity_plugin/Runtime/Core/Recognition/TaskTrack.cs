namespace FrameBridge
{
    /// <summary>One kind of task of one camera: what was asked for, and the newest result.</summary>
    internal sealed class TaskTrack
    {
        public readonly AskRing Asks = new AskRing();
        public readonly ResultBuffers Results = new ResultBuffers();
        public long Newest;
        public double LateSeconds; // of the newest answer that came too late to be given, until it is taken
    }
}
