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
        /// <summary>Called at each Blit before it is done.</summary>
        public static event System.Action<Texture, RenderTexture, Material> StubBlitted;

        public static void Blit(Texture source, RenderTexture dest) =>
            Blit(source, dest, new Vector2(1f, 1f), new Vector2(0f, 0f));

        public static void Blit(Texture source, RenderTexture dest, Vector2 scale, Vector2 offset)
        {
            Stub.MainThread.Require("Blit");
            StubBlitted?.Invoke(source, dest, null);
            Sampler.Draw(source, dest, (u, v) => new Vector2((u * scale.x) + offset.x, (v * scale.y) + offset.y));
        }

        /// <summary>
        /// With a material, the source is sampled at `_Transform` applied to the place: what FrameBridge's one shader does.
        /// </summary>
        public static void Blit(Texture source, RenderTexture dest, Material mat)
        {
            Stub.MainThread.Require("Blit");
            StubBlitted?.Invoke(source, dest, mat);
            Vector4 turn = mat.GetVector(Shader.PropertyToID("_Turn"));
            Vector4 shift = mat.GetVector(Shader.PropertyToID("_Shift"));
            Sampler.Draw(
                source,
                dest,
                (u, v) => new Vector2((turn.x * u) + (turn.y * v) + shift.x, (turn.z * u) + (turn.w * v) + shift.y));
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

    internal static class Sampler
    {
        internal delegate Vector2 Place(float u, float v);

        internal static void Draw(Texture source, RenderTexture dest, Place place)
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
                    Vector2 at = place((column + 0.5f) / dest.width, (row + 0.5f) / dest.height);
                    int x = Mathf.Clamp((int)(at.x * source.width), 0, source.width - 1);
                    int y = Mathf.Clamp((int)(at.y * source.height), 0, source.height - 1);
                    System.Array.Copy(from, ((y * source.width) + x) * 4, to, ((row * dest.width) + column) * 4, 4);
                }
            }
        }
    }
}
