namespace UnityEngine
{
    public static class Graphics
    {
        private static readonly int Turn = Shader.PropertyToID("_Turn");
        private static readonly int Shift = Shader.PropertyToID("_Shift");

        /// <summary>Called at each Blit before it is done.</summary>
        public static event System.Action<Texture, RenderTexture, Material> StubBlitted;

        public static void Blit(Texture source, RenderTexture dest) =>
            Blit(source, dest, new Vector2(1f, 1f), new Vector2(0f, 0f));

        public static void Blit(Texture source, RenderTexture dest, Vector2 scale, Vector2 offset)
        {
            Stub.MainThread.Require("Blit");
            StubBlitted?.Invoke(source, dest, null);
            Sampler.Draw(source, dest, new Vector4(scale.x, 0f, 0f, scale.y), new Vector4(offset.x, offset.y, 0f, 0f));
        }

        /// <summary>With a material, the source is sampled where FrameBridge's one shader for pictures would.</summary>
        public static void Blit(Texture source, RenderTexture dest, Material mat)
        {
            Stub.MainThread.Require("Blit");
            StubBlitted?.Invoke(source, dest, mat);
            Sampler.Draw(source, dest, mat.GetVector(Turn), mat.GetVector(Shift));
        }

        public static void CopyTexture(Texture src, Texture dst)
        {
            Stub.MainThread.Require("CopyTexture");
            if (src.width != dst.width || src.height != dst.height)
            {
                Debug.LogError("Graphics.CopyTexture called with mismatching texture sizes");
                return;
            }

            src.StubPixels?.CopyTo(dst.StubPixels, 0);
        }
    }
}
