namespace FrameBridge
{
    /// <summary>What a component does once a frame, on the main thread. Makes no garbage.</summary>
    internal interface IBridgeStep
    {
        /// <summary>Whether it goes first and is never put off: its work is short and others wait for it.</summary>
        bool IsFirst { get; }

        /// <summary>Does what is due.</summary>
        void Step();
    }
}
