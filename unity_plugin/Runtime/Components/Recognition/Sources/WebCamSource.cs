using UnityEngine;

namespace FrameBridge
{
    /// <summary>The device's camera: requests the permission, waits until it has started, follows its rotation.</summary>
    internal sealed class WebCamSource : IPictureSource
    {
        private const int NotStartedSize = 16; // the size that a camera reports until it has started

        private readonly string _device;
        private readonly int _width;
        private readonly int _height;
        private readonly int _rate;
        private readonly bool _mirror;
        private readonly CameraPermission _permission = new CameraPermission();
        private WebCamTexture _texture;

        internal WebCamSource(string device, int width, int height, int rate, bool mirror)
        {
            _device = device;
            _width = width;
            _height = height;
            _rate = rate;
            _mirror = mirror;
        }

        public string Problem { get; private set; } = string.Empty;

        public bool TryTake(out Texture picture, out PictureTurn turn)
        {
            picture = null;
            turn = default;
            if (_texture == null && !Start())
            {
                return false;
            }

            if (!_texture.didUpdateThisFrame || _texture.width <= NotStartedSize)
            {
                return false;
            }

            picture = _texture;
            turn = PictureTurn.Of(_texture.videoRotationAngle, _texture.videoVerticallyMirrored, _mirror);
            return true;
        }

        public void Stop()
        {
            if (_texture != null)
            {
                _texture.Stop();
                Object.Destroy(_texture);
            }

            _texture = null;
        }

        private bool Start()
        {
            if (!_permission.IsGranted)
            {
                Problem = _permission.Problem;
                return false;
            }

            if (WebCamTexture.devices.Length == 0)
            {
                Problem = "this device has no camera; choose another source";
                return false;
            }

            Problem = string.Empty;
            _texture = new WebCamTexture(_device, _width, _height, _rate);
            _texture.Play();
            return true;
        }
    }
}
