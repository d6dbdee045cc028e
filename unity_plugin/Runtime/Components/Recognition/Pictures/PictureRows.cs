namespace FrameBridge
{
    /// <summary>The order of a picture's rows.</summary>
    public enum PictureRows
    {
        /// <summary>
        /// The bottom row first: what Unity draws, loads or copies into a texture, on every graphics API. Where texture
        /// coordinates start at the top it draws upside down into textures, so that the conventions match.
        /// </summary>
        BottomFirst = 0,

        /// <summary>The top row first: textures filled that way by other code.</summary>
        TopFirst = 1,

        /// <summary>
        /// As on the screen, for a texture that ScreenCapture.CaptureScreenshotIntoRenderTexture fills: the top row first where
        /// texture coordinates start at the top (Direct3D, Metal, Vulkan), the bottom row first in OpenGL.
        /// </summary>
        Screen = 2,
    }
}
