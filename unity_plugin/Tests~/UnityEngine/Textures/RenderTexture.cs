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

        /// <summary>What was drawn into it.</summary>
        public System.ReadOnlySpan<byte> StubBytes => _pixels;

        internal override byte[] StubPixels => _pixels;

        public bool Create()
        {
            Stub.MainThread.Require("RenderTexture.Create");
            return true;
        }

        public bool IsCreated() => !Destroyed;

        public void Release() => Stub.MainThread.Require("RenderTexture.Release");
    }
}
