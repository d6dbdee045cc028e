using UnityEngine;

namespace FrameBridge
{
    /// <summary>When the camera is on, and what is let go.</summary>
    public sealed partial class CameraRecognizer
    {
        private bool _restart;

        private void OnEnable()
        {
            Open();
            BridgeLoop.Add(this);
        }

        private void OnDisable()
        {
            BridgeLoop.Remove(this);
            Close();
            _slot?.Close();
            _slot = null;
            _problem.Clear();
        }

        // A phone takes the camera away from an application that pauses.
        private void OnApplicationPause(bool paused)
        {
            if (paused)
            {
                Close();
            }
            else if (_pictures == null && isActiveAndEnabled)
            {
                Open();
            }
        }

        // The inspector has changed a field.
        private void OnValidate() => Restart();

        /// <summary>Several changes of one frame make one restart, in the next frame.</summary>
        private void Restart() => _restart = _pictures != null;

        private void Open()
        {
            _pictures = MakeSource();
            _grabber = new PictureGrabber(longestSide);
            _nextAt = 0;
            _isSeeing = false;
            _setup = null;
        }

        private void Close()
        {
            _pictures?.Stop();
            _pictures = null;
            _grabber?.Release();
            _grabber = null;
        }

        private IPictureSource MakeSource()
        {
            switch (source)
            {
                case CameraSource.SceneCamera:
                    return new SceneCameraSource(sceneCamera == null ? Camera.main : sceneCamera, longestSide);
                case CameraSource.Texture:
                    return new TextureSource(texture);
                default:
                    int rate = Mathf.Max(1, Mathf.RoundToInt(picturesPerSecond));
                    return new WebCamSource(webCamName, longestSide, longestSide * 3 / 4, Mathf.Max(rate, 15), mirror);
            }
        }
    }
}
