using UnityEngine;

namespace FrameBridge
{
    /// <summary>Scales a picture to the size of a tensor and starts its readback, all on the GPU.</summary>
    internal sealed class TensorGrabber
    {
        private readonly SnapshotPool _pool = new SnapshotPool();
        private RenderTexture _scaled;

        /// <summary>Starts the readback of a picture; false if all buffers are busy.</summary>
        internal bool TryGrab(Texture picture, int width, int height)
        {
            Snapshot free = _pool.FindFree();
            if (free == null)
            {
                return false;
            }

            if (_scaled == null || _scaled.width != width || _scaled.height != height)
            {
                DropTexture();
                _scaled = PictureTexture.Make(PictureSize.Within(width, height, Mathf.Max(width, height)), 0);
            }

            Graphics.Blit(picture, _scaled);
            _pool.Begin(free, _scaled);
            return true;
        }

        /// <summary>The newest picture that was not sent; null if there is none.</summary>
        internal Snapshot Newest() => _pool.Newest();

        internal void Release()
        {
            _pool.Release();
            DropTexture();
        }

        private void DropTexture()
        {
            if (_scaled != null)
            {
                _scaled.Release();
                Object.Destroy(_scaled);
            }

            _scaled = null;
        }
    }
}
