using System.Collections.Generic;

namespace UnityEngine.Android
{
    /// <summary>Android's permissions. A test decides the user's answer, some frames after the question.</summary>
    public struct Permission
    {
        public const string Camera = "android.permission.CAMERA";
        public const string Microphone = "android.permission.RECORD_AUDIO";

        private static readonly HashSet<string> Granted = new HashSet<string>();
        private static readonly Queue<(string Permission, PermissionCallbacks Callbacks)> Asked =
            new Queue<(string, PermissionCallbacks)>();

        public static bool HasUserAuthorizedPermission(string permission) => Granted.Contains(permission);

        public static void RequestUserPermission(string permission) => RequestUserPermission(permission, null);

        public static void RequestUserPermission(string permission, PermissionCallbacks callbacks)
        {
            Stub.MainThread.Require("RequestUserPermission");
            Asked.Enqueue((permission, callbacks));
        }

        /// <summary>The user answers the oldest question.</summary>
        public static void StubAnswer(bool allows)
        {
            (string permission, PermissionCallbacks callbacks) = Asked.Dequeue();
            if (allows)
            {
                Granted.Add(permission);
            }

            callbacks?.StubRaise(permission, allows);
        }

        /// <summary>Forgets questions and answers.</summary>
        public static void StubReset()
        {
            Granted.Clear();
            Asked.Clear();
        }
    }
}
