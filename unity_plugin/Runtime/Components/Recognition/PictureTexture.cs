using UnityEngine;
using UnityEngine.Experimental.Rendering;

namespace FrameBridge
{
    /// <summary>Render textures whose bytes are sRGB, whatever the project's colour space.</summary>
    internal static class PictureTexture
    {
        internal static GraphicsFormat Format => QualitySettings.activeColorSpace == ColorSpace.Linear
            ? GraphicsFormat.R8G8B8A8_SRGB
            : GraphicsFormat.R8G8B8A8_UNorm;

        internal static RenderTexture Make(PictureSize size, int depthBits)
        {
            var texture = new RenderTexture(size.Width, size.Height, depthBits, Format)
            {
                name = "FrameBridge picture " + size.Width + "x" + size.Height,
                hideFlags = HideFlags.HideAndDontSave,
            };
            texture.Create();
            return texture;
        }
    }
}
