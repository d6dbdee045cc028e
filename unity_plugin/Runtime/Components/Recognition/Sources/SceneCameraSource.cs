using UnityEngine;

namespace FrameBridge
{
    /// <summary>A camera of the scene: its target texture, or an extra rendering of its view.</summary>
    internal sealed class SceneCameraSource : IPictureSource
    {
        private readonly Camera _camera;
        private readonly int _longestSide;
        private RenderTexture _own;

        internal SceneCameraSource(Camera camera, int longestSide)
        {
            _camera = camera;
            _longestSide = longestSide;
        }

        public string Problem => _camera == null ? "no camera is set; give the recognizer one" : string.Empty;

        public bool TryTake(out Texture picture, out PictureTurn turn)
        {
            turn = PictureTurn.Of(0, false, false);
            picture = _camera == null ? null : _camera.targetTexture;
            if (_camera != null && picture == null)
            {
                picture = Draw();
            }

            return picture != null;
        }

        public void Stop()
        {
            if (_own != null)
            {
                _own.Release();
                Object.Destroy(_own);
            }

            _own = null;
        }

        private RenderTexture Draw()
        {
            PictureSize size = PictureSize.Within(_camera.pixelWidth, _camera.pixelHeight, _longestSide);
            if (_own == null || _own.width != size.Width || _own.height != size.Height)
            {
                Stop();
                _own = PictureTexture.Make(size, 24);
            }

            _camera.targetTexture = _own;
            _camera.Render();
            _camera.targetTexture = null;
            return _own;
        }
    }
}
