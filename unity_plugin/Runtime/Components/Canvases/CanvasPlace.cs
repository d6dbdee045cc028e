namespace FrameBridge
{
    /// <summary>Where a canvas is drawn. A headset shows only canvases in the world, not those over the screen.</summary>
    public enum CanvasPlace
    {
        /// <summary>In the world while a headset is active, else over the screen.</summary>
        Auto,

        /// <summary>Over the screen.</summary>
        Screen,

        /// <summary>In the world.</summary>
        World,
    }
}
