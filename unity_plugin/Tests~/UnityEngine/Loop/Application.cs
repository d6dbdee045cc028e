using System;
using UnityEngine.Events;

namespace UnityEngine
{
    public static class Application
    {
        private static readonly Action BeforeRender = () => onBeforeRender?.Invoke();
        private static UserAuthorization _granted;

        public static event Action quitting;

        public static event Action<bool> focusChanged;

        public static event UnityAction onBeforeRender;

        public static bool isPlaying { get; private set; }

        public static bool isEditor => false;

        public static bool isFocused { get; private set; } = true;

        public static bool runInBackground { get; set; }

        public static int targetFrameRate { get; set; } = -1;

        public static string unityVersion => "2022.3.0f1";

        public static string productName { get; set; } = "Stub";

        public static string version { get; set; } = "1.0";

        public static RuntimePlatform platform { get; set; } = RuntimePlatform.LinuxPlayer;

        public static string persistentDataPath { get; set; } = System.IO.Path.GetTempPath();

        public static string streamingAssetsPath { get; set; } = System.IO.Path.GetTempPath();

        /// <summary>What the user answers when asked for the camera; null: has not answered yet.</summary>
        public static bool? StubUserAnswers { get; set; } = true;

        /// <summary>How often the user was asked.</summary>
        public static int StubTimesAsked { get; private set; }

        /// <summary>Subscribers of `quitting`, for leak tests.</summary>
        public static int StubQuittingSubscribers => quitting?.GetInvocationList().Length ?? 0;

        public static AsyncOperation RequestUserAuthorization(UserAuthorization mode)
        {
            Stub.MainThread.Require("RequestUserAuthorization");
            StubTimesAsked++;
            return new AsyncOperation(() =>
            {
                if (StubUserAnswers == true)
                {
                    _granted |= mode;
                }

                return StubUserAnswers != null;
            });
        }

        public static bool HasUserAuthorization(UserAuthorization mode) => (_granted & mode) == mode;

        internal static void StubEnter() => isPlaying = true;

        internal static void StubExit() => isPlaying = false;

        internal static void StubQuit()
        {
            foreach (Delegate handler in quitting?.GetInvocationList() ?? Array.Empty<Delegate>())
            {
                Stub.Behaviours.Guarded((Action)handler);
            }
        }

        internal static void StubBeforeRender()
        {
            if (onBeforeRender != null)
            {
                Stub.Behaviours.Guarded(BeforeRender);
            }
        }

        internal static void StubTellFocus(bool focused)
        {
            isFocused = focused;
            focusChanged?.Invoke(focused);
        }

        internal static void StubReset()
        {
            quitting = null;
            focusChanged = null;
            onBeforeRender = null;
            isPlaying = false;
            isFocused = true;
            runInBackground = false;
            _granted = 0;
            StubUserAnswers = true;
            StubTimesAsked = 0;
            platform = RuntimePlatform.LinuxPlayer;
        }
    }
}
