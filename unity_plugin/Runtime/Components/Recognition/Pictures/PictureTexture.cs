using UnityEngine;

namespace FrameBridge
{
    /// <summary>Render textures whose bytes are sRGB, whatever the project's colour space.</summary>
    internal static class PictureTexture
    {
        internal static RenderTexture Make(PictureSize size, int depthBits)
        {
            var texture = new RenderTexture(size.Width, size.Height, depthBits, DeviceFormats.ToGraphics(FrameFormat.Rgba32))
            {
                name = "FrameBridge picture " + size.Width + "x" + size.Height,
                hideFlags = HideFlags.HideAndDontSave,
            };
            texture.Create();
            return texture;
        }
    }
}
