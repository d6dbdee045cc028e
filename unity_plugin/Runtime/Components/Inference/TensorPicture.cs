using System;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using Object = UnityEngine.Object;

namespace FrameBridge
{
    /// <summary>A texture that shows a tensor: float32 [1, 3 or 4, height, width] from 0 to 1, or uint8 [height, width, 1, 3 or 4].</summary>
    internal sealed class TensorPicture
    {
        private const int LongestSide = 8192;

        private Texture2D _texture;

        /// <summary>The texture; null before the first tensor.</summary>
        internal Texture2D Texture => _texture;

        /// <summary>Shows a tensor of a result; false if it is no picture. A new size makes a new texture.</summary>
        internal bool TryShow(TensorReader outputs, string name)
        {
            if (outputs.TryGet(name, out ReadOnlySpan<float> planes))
            {
                ReadOnlySpan<int> shape = outputs.ShapeOf(name);
                if (shape.Length == 3 && Fits(shape[2], shape[1], shape[0]))
                {
                    TensorPixels.FromPlanes(planes, Pixels(shape[2], shape[1]), shape[0], shape[2], shape[1]);
                    _texture.Apply(false, false);
                    return true;
                }
            }
            else if (outputs.TryGet(name, out ReadOnlySpan<byte> bytes))
            {
                ReadOnlySpan<int> shape = outputs.ShapeOf(name);
                if (shape.Length == 3 && Fits(shape[1], shape[0], shape[2]))
                {
                    TensorPixels.FromBytes(bytes, Pixels(shape[1], shape[0]), shape[2], shape[1], shape[0]);
                    _texture.Apply(false, false);
                    return true;
                }
            }

            return false;
        }

        internal void Destroy()
        {
            if (!(_texture is null))
            {
                Object.Destroy(_texture);
            }

            _texture = null;
        }

        private static bool Fits(int width, int height, int channels) =>
            width > 0 && height > 0 && width <= LongestSide && height <= LongestSide && (channels == 1 || channels == 3 || channels == 4);

        private Span<byte> Pixels(int width, int height)
        {
            if (_texture is null || _texture.width != width || _texture.height != height)
            {
                Destroy();
                _texture = new Texture2D(width, height, DeviceFormats.ToGraphics(FrameFormat.Rgba32), TextureCreationFlags.None)
                {
                    name = "FrameBridge model output " + width + "x" + height,
                    hideFlags = HideFlags.HideAndDontSave,
                    wrapMode = TextureWrapMode.Clamp,
                };
            }

            return _texture.GetRawTextureData<byte>().AsSpan();
        }
    }
}
