using UnityEngine;

namespace FrameBridge
{
    /// <summary>A texture that other code fills.</summary>
    internal sealed class TextureSource : IPictureSource
    {
        private readonly Texture _texture;

        internal TextureSource(Texture texture) => _texture = texture;

        public string Problem => _texture == null ? "no texture is set; give the recognizer one" : string.Empty;

        public bool TryTake(out Texture picture, out PictureTurn turn)
        {
            picture = _texture;
            turn = PictureTurn.Of(0, false, false);
            return _texture != null;
        }

        public void Stop()
        {
        }
    }
}
