namespace FrameBridge
{
    /// <summary>The source of the pictures.</summary>
    public enum CameraSource
    {
        /// <summary>The device's camera.</summary>
        WebCam = 0,

        /// <summary>A camera of the scene. One without a target texture is rendered once more for each picture.</summary>
        SceneCamera = 1,

        /// <summary>A texture that other code fills.</summary>
        Texture = 2,
    }
}
