namespace FrameBridge
{
    /// <summary>One way of a model to answer. Read only.</summary>
    public readonly struct BridgeRung
    {
        /// <summary>Makes one. Called by transports.</summary>
        public BridgeRung(string name, int width, int height, bool needsDevice, bool isCheaperFormat)
        {
            Name = name ?? string.Empty;
            Width = width;
            Height = height;
            NeedsDevice = needsDevice;
            IsCheaperFormat = isCheaperFormat;
        }

        /// <summary>Its name, as timings have it.</summary>
        public string Name { get; }

        /// <summary>Width in pixels of the picture that it makes or looks at; 0 if it has none of its own.</summary>
        public int Width { get; }

        /// <summary>Height of that picture in pixels.</summary>
        public int Height { get; }

        /// <summary>Whether it needs the device. One that does not repeats or carries on an earlier answer.</summary>
        public bool NeedsDevice { get; }

        /// <summary>Whether its texture comes in a cheaper format than was asked for, if the client samples one.</summary>
        public bool IsCheaperFormat { get; }
    }
}
