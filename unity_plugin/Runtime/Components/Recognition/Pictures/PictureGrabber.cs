using UnityEngine;

namespace FrameBridge
{
    /// <summary>Turns a picture upright, scales it down and starts its readback, all on the GPU.</summary>
    internal sealed class PictureGrabber
    {
        private const string ShaderPath = "FrameBridgeCamera"; // in a Resources folder, so that every build includes it

        private static readonly int Turn = Shader.PropertyToID("_Turn");
        private static readonly int Shift = Shader.PropertyToID("_Shift");

        private readonly SnapshotPool _pool = new SnapshotPool();
        private readonly int _longestSide;
        private RenderTexture _small;
        private Material _material;

        internal PictureGrabber(int longestSide) => _longestSide = longestSide;

        internal bool HasRoom => _pool.FindFree() != null;

        /// <summary>Starts the readback of a picture; returns its buffer, for the pose, or null when all are busy.</summary>
        internal Snapshot Grab(Texture picture, in PictureTurn turn)
        {
            Snapshot free = _pool.FindFree();
            if (free == null)
            {
                return null;
            }

            Fit(picture, turn);
            if (turn.IsNone)
            {
                Graphics.Blit(picture, _small);
            }
            else
            {
                Material material = Upright();
                material.SetVector(Turn, turn.Turn);
                material.SetVector(Shift, turn.Shift);
                Graphics.Blit(picture, _small, material);
            }

            _pool.Begin(free, _small);
            return free;
        }

        internal Snapshot Newest() => _pool.Newest();

        internal void Release()
        {
            _pool.Release();
            DropTexture();
            if (_material != null)
            {
                Object.Destroy(_material);
            }

            _material = null;
        }

        private Material Upright()
        {
            if (_material == null)
            {
                _material = new Material(Resources.Load<Shader>(ShaderPath)) { hideFlags = HideFlags.HideAndDontSave };
            }

            return _material;
        }

        private void Fit(Texture picture, in PictureTurn turn)
        {
            PictureSize size = turn.SwapsSides
                ? PictureSize.Within(picture.height, picture.width, _longestSide)
                : PictureSize.Within(picture.width, picture.height, _longestSide);
            if (_small == null || _small.width != size.Width || _small.height != size.Height)
            {
                DropTexture();
                _small = PictureTexture.Make(size, 0);
            }
        }

        private void DropTexture()
        {
            if (_small != null)
            {
                _small.Release();
                Object.Destroy(_small);
            }

            _small = null;
        }
    }
}
