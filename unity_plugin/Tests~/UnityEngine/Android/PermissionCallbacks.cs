using System;

namespace UnityEngine.Android
{
    /// <summary>Callbacks of the user's answer.</summary>
    public class PermissionCallbacks
    {
        public event Action<string> PermissionGranted;

        public event Action<string> PermissionDenied;

        public event Action<string> PermissionDeniedAndDontAskAgain;

        internal void StubRaise(string permission, bool allows)
        {
            if (allows)
            {
                PermissionGranted?.Invoke(permission);
            }
            else
            {
                PermissionDenied?.Invoke(permission);
            }
        }

        /// <summary>The user refuses for good.</summary>
        public void StubRefuseForGood(string permission) => PermissionDeniedAndDontAskAgain?.Invoke(permission);
    }
}
