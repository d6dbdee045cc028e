namespace FrameBridge
{
    /// <summary>A component's work once a frame, on the main thread. Does not allocate.</summary>
    internal interface IBridgeStep
    {
        /// <summary>Whether it runs first and is never deferred: its work is short and others depend on it.</summary>
        bool IsFirst { get; }

        /// <summary>Does the due work.</summary>
        void Step();
    }
}
