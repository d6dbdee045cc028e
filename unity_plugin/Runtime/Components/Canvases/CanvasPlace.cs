namespace FrameBridge
{
    /// <summary>Where something is drawn. A headset shows what lies in the world, and nothing that lies over the screen.</summary>
    public enum CanvasPlace
    {
        /// <summary>In the world while a headset shows the picture, else over the screen.</summary>
        Auto,

        /// <summary>Over the screen.</summary>
        Screen,

        /// <summary>In the world.</summary>
        World,
    }
}
