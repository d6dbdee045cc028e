using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace UnityEngine
{
    public class Texture : Object
    {
        protected Texture(string constructor, int width, int height, GraphicsFormat format)
        {
            MainThread.Require(constructor);
            this.width = width;
            this.height = height;
            graphicsFormat = format;
        }

        public virtual int width { get; set; }

        public virtual int height { get; set; }

        public GraphicsFormat graphicsFormat { get; }

        public FilterMode filterMode { get; set; } = FilterMode.Bilinear;

        public TextureWrapMode wrapMode { get; set; }

        public int anisoLevel { get; set; } = 1;

        /// <summary>Four bytes a pixel, bottom row first; null for what has no pixels here.</summary>
        internal virtual byte[] StubPixels => null;
    }
}
