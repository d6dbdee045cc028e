namespace FrameBridge
{
    /// <summary>In which order the rows of a picture lie.</summary>
    public enum PictureRows
    {
        /// <summary>
        /// The bottom row first. So lies what Unity draws, loads or copies into a texture, on every graphics API: where texture
        /// coordinates start at the top it draws upside down into textures, for the conventions to match.
        /// </summary>
        BottomFirst = 0,

        /// <summary>The top row first: what something else has filled so.</summary>
        TopFirst = 1,

        /// <summary>
        /// As on the screen, for a texture that ScreenCapture.CaptureScreenshotIntoRenderTexture fills: the top row first where
        /// texture coordinates start at the top (Direct3D, Metal, Vulkan), the bottom row first in OpenGL.
        /// </summary>
        Screen = 2,
    }
}
