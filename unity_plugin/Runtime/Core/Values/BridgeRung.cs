namespace FrameBridge
{
    /// <summary>A rung of a model: one way to answer. Read only.</summary>
    public readonly struct BridgeRung
    {
        /// <summary>Called by transports.</summary>
        public BridgeRung(string name, int width, int height, bool needsDevice, bool isCheaperFormat)
        {
            Name = name ?? string.Empty;
            Width = width;
            Height = height;
            NeedsDevice = needsDevice;
            IsCheaperFormat = isCheaperFormat;
        }

        /// <summary>The rung's name, as in timings.</summary>
        public string Name { get; }

        /// <summary>Width in pixels of the picture that it generates or analyses; 0 if none.</summary>
        public int Width { get; }

        /// <summary>Height of that picture in pixels.</summary>
        public int Height { get; }

        /// <summary>Whether it needs the device. One that does not repeats or moves along an earlier answer.</summary>
        public bool NeedsDevice { get; }

        /// <summary>Whether its texture has a cheaper format than requested, if the client samples one.</summary>
        public bool IsCheaperFormat { get; }
    }
}
