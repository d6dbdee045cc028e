using UnityEngine;

namespace FrameBridge
{
    /// <summary>The user's permission to use the camera: requested once, then awaited.</summary>
    internal sealed class CameraPermission
    {
        private bool _asked;
#if UNITY_ANDROID && !UNITY_EDITOR
        private bool _denied;

        internal string Problem => _denied ? Refused : string.Empty;

        internal bool IsGranted
        {
            get
            {
                bool granted = UnityEngine.Android.Permission.HasUserAuthorizedPermission(UnityEngine.Android.Permission.Camera);
                if (!granted && !_asked)
                {
                    _asked = true;
                    var answers = new UnityEngine.Android.PermissionCallbacks();
                    answers.PermissionDenied += _ => _denied = true;
                    UnityEngine.Android.Permission.RequestUserPermission(UnityEngine.Android.Permission.Camera, answers);
                }

                return granted;
            }
        }
#else
        private AsyncOperation _answer;

        internal string Problem => // it may have been answered since the last check
            _answer != null && _answer.isDone && !Application.HasUserAuthorization(UserAuthorization.WebCam) ? Refused : string.Empty;

        internal bool IsGranted
        {
            get
            {
                bool granted = Application.HasUserAuthorization(UserAuthorization.WebCam);
                if (!granted && !_asked)
                {
                    _asked = true;
                    _answer = Application.RequestUserAuthorization(UserAuthorization.WebCam);
                }

                return granted;
            }
        }
#endif

        private static string Refused => "the user has not allowed the camera; allow it in the device's settings";
    }
}
