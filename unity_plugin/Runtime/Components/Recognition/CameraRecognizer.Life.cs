using UnityEngine;

namespace FrameBridge
{
    /// <summary>Starting and releasing the camera.</summary>
    public sealed partial class CameraRecognizer
    {
        private const int LeastCameraRate = 15; // some cameras support nothing slower

        private bool _settingsChanged;
        private SourceSettings _openedWith;

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

        // Phones take the camera away from a paused application.
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

        // The inspector does not say which field it has changed; also called in edit mode and while a scene is loading.
        private void OnValidate() => Restart();

        /// <summary>Changes within a frame are applied together, in the next frame.</summary>
        private void Restart() => _settingsChanged = _pictures != null;

        /// <summary>Restarts the source only if it differs, as a camera takes a while to start.</summary>
        private void FollowSettings()
        {
            if (!_settingsChanged)
            {
                return;
            }

            _settingsChanged = false;
            if (_pictures != null && !Wanted().Equals(_openedWith))
            {
                Close();
                Open();
            }
        }

        private SourceSettings Wanted()
        {
            switch (source)
            {
                case CameraSource.SceneCamera:
                    return SourceSettings.Of(source, sceneCamera, longestSide);
                case CameraSource.Texture:
                    return SourceSettings.Of(source, texture, longestSide);
                default:
                    return SourceSettings.OfWebCam(webCamName, longestSide, CameraRate, mirror);
            }
        }

        private int CameraRate => Mathf.Max(LeastCameraRate, Mathf.RoundToInt(picturesPerSecond));

        private void Open()
        {
            _openedWith = Wanted();
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
                    return new WebCamSource(webCamName, longestSide, longestSide * 3 / 4, CameraRate, mirror);
            }
        }
    }
}
