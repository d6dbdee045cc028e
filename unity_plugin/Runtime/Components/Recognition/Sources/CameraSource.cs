namespace FrameBridge
{
    /// <summary>Where the pictures come from.</summary>
    public enum CameraSource
    {
        /// <summary>The device's camera.</summary>
        WebCam = 0,

        /// <summary>A camera of the scene. One without a target texture is drawn once more for each picture.</summary>
        SceneCamera = 1,

        /// <summary>A texture that something else fills.</summary>
        Texture = 2,
    }
}
