namespace UnityEngine
{
    public static class ScreenCapture
    {
        /// <summary>What is on the screen.</summary>
        public static Texture StubScreen { get; set; }

        /// <summary>
        /// As it lies in the back buffer: its top is at v = 0 where texture coordinates start at the top. All else that is drawn
        /// into a texture has its bottom there.
        /// </summary>
        public static void CaptureScreenshotIntoRenderTexture(RenderTexture renderTexture)
        {
            Stub.MainThread.Require("CaptureScreenshotIntoRenderTexture");
            bool turned = SystemInfo.graphicsUVStartsAtTop;
            Graphics.Blit(StubScreen, renderTexture, new Vector2(1f, turned ? -1f : 1f), new Vector2(0f, turned ? 1f : 0f));
        }
    }
}
