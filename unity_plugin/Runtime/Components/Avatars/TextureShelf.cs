using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Experimental.Rendering;

namespace FrameBridge
{
    /// <summary>
    /// An avatar's textures, one per size and format. They are made ahead, as the constructor is slow, and live as long
    /// as the avatar, as materials refer to them. At most 16; the oldest is dropped first.
    /// </summary>
    internal sealed class TextureShelf
    {
        private const int Capacity = 16;

        private readonly List<Texture2D> _textures = new List<Texture2D>(Capacity);
        private readonly List<int> _sizes = new List<int>(4);
        private Texture2D _last;
        private Texture2D _given; // for the last frame, with this format and size:
        private FrameFormat _givenFormat;
        private int _givenWidth;
        private int _givenHeight;
        private FrameFormat _format;
        private int _made;

        /// <summary>Plans a texture for each rung of the server; nothing is made yet.</summary>
        internal void Plan(IReadOnlyList<BridgeModel> models, IReadOnlyList<FrameFormat> formats)
        {
            _sizes.Clear();
            RungSizes.AddTo(_sizes, models);
            _format = formats.Count > 0 ? formats[0] : FrameFormat.Rgba32;
            _made = 0;
        }

        /// <summary>Makes one missing planned texture. False when there is none.</summary>
        internal bool MakeNext()
        {
            if (_made >= _sizes.Count)
            {
                return false;
            }

            int size = _sizes[_made++];
            Find(size, size, DeviceFormats.ToGraphics(_format));
            return true;
        }

        /// <summary>The texture for a frame; null if this device cannot sample its format directly.</summary>
        internal Texture2D For(in TextureFrame frame)
        {
            // Mostly the last frame's: size and format are cached, since each query of a texture is a native call.
            if (!(_given is null) && frame.Format == _givenFormat && frame.Width == _givenWidth && frame.Height == _givenHeight)
            {
                return _given;
            }

            GraphicsFormat format = DeviceFormats.ToGraphics(frame.Format);
            _given = format == GraphicsFormat.None ? null : Find(frame.Width, frame.Height, format);
            _givenFormat = frame.Format;
            _givenWidth = frame.Width;
            _givenHeight = frame.Height;
            return _given;
        }

        internal void Destroy()
        {
            foreach (Texture2D texture in _textures)
            {
                Object.Destroy(texture);
            }

            _textures.Clear();
            _sizes.Clear();
            _last = null;
            _given = null;
        }

        private static bool Fits(Texture2D texture, int width, int height, GraphicsFormat format) =>
            texture.width == width && texture.height == height && texture.graphicsFormat == format;

        private Texture2D Find(int width, int height, GraphicsFormat format)
        {
            if (!(_last is null) && Fits(_last, width, height, format))
            {
                return _last;
            }

            for (int i = 0; i < _textures.Count; i++)
            {
                if (Fits(_textures[i], width, height, format))
                {
                    return _last = _textures[i];
                }
            }

            return _last = Make(width, height, format);
        }

        /// <summary>
        /// Null if the device cannot sample the format: Unity would log an error and make an unusable texture.
        /// </summary>
        private Texture2D Make(int width, int height, GraphicsFormat format)
        {
            if (!DeviceFormats.Samples(format))
            {
                return null;
            }

            if (_textures.Count == Capacity)
            {
                _given = ReferenceEquals(_given, _textures[0]) ? null : _given;
                Object.Destroy(_textures[0]);
                _textures.RemoveAt(0);
            }

            var texture = new Texture2D(width, height, format, TextureCreationFlags.None)
            {
                name = "FrameBridge avatar " + width + "x" + height + " " + format,
                hideFlags = HideFlags.HideAndDontSave,
                wrapMode = TextureWrapMode.Clamp,
            };
            _textures.Add(texture);
            return texture;
        }
    }
}
