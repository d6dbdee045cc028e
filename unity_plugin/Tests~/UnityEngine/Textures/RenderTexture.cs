using UnityEngine.Experimental.Rendering;

namespace UnityEngine
{
    /// <summary>Its pixels are kept on the managed heap, four bytes each, bottom row first.</summary>
    public class RenderTexture : Texture
    {
        private readonly byte[] _pixels;

        public RenderTexture(int width, int height, int depth, GraphicsFormat format)
            : base("RenderTexture.ctor", width, height, format)
        {
            _pixels = new byte[width * height * 4];
        }

        public static RenderTexture active { get; set; }

        public bool useMipMap { get; set; }

        internal override byte[] StubPixels => _pixels;

        public bool Create()
        {
            Stub.MainThread.Require("RenderTexture.Create");
            return true;
        }

        public bool IsCreated() => !Destroyed;

        public void Release() => Stub.MainThread.Require("RenderTexture.Release");
    }

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

    /// <summary>Stands for the GPU: each pixel of the copy is the one of the source that lies at turn * place + shift.</summary>
    internal static class Sampler
    {
        internal static void Draw(Texture source, RenderTexture dest, Vector4 turn, Vector4 shift)
        {
            byte[] from = source.StubPixels;
            if (from == null || dest is null)
            {
                return;
            }

            byte[] to = dest.StubPixels;
            for (int row = 0; row < dest.height; row++)
            {
                for (int column = 0; column < dest.width; column++)
                {
                    float u = (column + 0.5f) / dest.width;
                    float v = (row + 0.5f) / dest.height;
                    int x = At((turn.x * u) + (turn.y * v) + shift.x, source.width);
                    int y = At((turn.z * u) + (turn.w * v) + shift.y, source.height);
                    System.Array.Copy(from, ((y * source.width) + x) * 4, to, ((row * dest.width) + column) * 4, 4);
                }
            }
        }

        private static int At(float place, int size) => Mathf.Clamp((int)System.Math.Floor(place * size), 0, size - 1);
    }
}
