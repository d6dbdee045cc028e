using System.Collections.Generic;
using UnityEngine.Experimental.Rendering;

namespace UnityEngine
{
    /// <summary>As in Unity: 16 x 16 until the camera has started, and nothing without the user's permission.</summary>
    public sealed class WebCamTexture : Texture
    {
        private static readonly List<WebCamTexture> Playing = new List<WebCamTexture>();
        private readonly int _wantedWidth;
        private readonly int _wantedHeight;
        private byte[] _pixels = new byte[16 * 16 * 4];
        private int _frames;

        public WebCamTexture(string deviceName, int requestedWidth, int requestedHeight, int requestedFPS)
            : base("WebCamTexture.ctor", 16, 16, GraphicsFormatSizes.Rgba32())
        {
            this.deviceName = deviceName;
            _wantedWidth = requestedWidth;
            _wantedHeight = requestedHeight;
        }

        public static WebCamDevice[] devices { get; set; } = { new WebCamDevice { name = "stub camera" } };

        /// <summary>Frames until a camera that plays has its size.</summary>
        public static int StubWarmUpFrames { get; set; } = 3;

        /// <summary>Cameras that are on.</summary>
        public static int StubPlayingCount => Playing.Count;

        /// <summary>Turn of the next picture in degrees, clockwise.</summary>
        public static int StubAngle { get; set; }

        /// <summary>Whether the next pictures are upside down.</summary>
        public static bool StubMirrored { get; set; }

        /// <summary>The next picture: four bytes a pixel, bottom row first; null means black.</summary>
        public static byte[] StubPicture { get; set; }

        public string deviceName { get; }

        public bool isPlaying { get; private set; }

        public bool didUpdateThisFrame { get; private set; }

        public int videoRotationAngle => StubAngle;

        public bool videoVerticallyMirrored => StubMirrored;

        internal override byte[] StubPixels => _pixels;

        public void Play()
        {
            Stub.MainThread.Require("WebCamTexture.Play");
            if (!Application.HasUserAuthorization(UserAuthorization.WebCam))
            {
                Debug.LogError("Cannot use webcam without the user's permission.");
                return;
            }

            if (!isPlaying)
            {
                isPlaying = true;
                _frames = 0;
                Playing.Add(this);
            }
        }

        public void Pause() => Stop();

        public void Stop()
        {
            Stub.MainThread.Require("WebCamTexture.Stop");
            isPlaying = false;
            didUpdateThisFrame = false;
            Playing.Remove(this);
        }

        internal static void StubAdvance()
        {
            for (int i = 0; i < Playing.Count; i++)
            {
                Playing[i].Advance();
            }
        }

        internal static void StubReset()
        {
            Playing.Clear();
            StubWarmUpFrames = 3;
            StubAngle = 0;
            StubMirrored = false;
            StubPicture = null;
            devices = new[] { new WebCamDevice { name = "stub camera" } };
        }

        internal override void ReleaseNative()
        {
            isPlaying = false;
            Playing.Remove(this);
        }

        private void Advance()
        {
            _frames++;
            didUpdateThisFrame = _frames > StubWarmUpFrames;
            if (!didUpdateThisFrame)
            {
                return;
            }

            width = _wantedWidth;
            height = _wantedHeight;
            if (_pixels.Length != width * height * 4)
            {
                _pixels = new byte[width * height * 4];
            }

            StubPicture?.CopyTo(_pixels, 0);
        }
    }
}
