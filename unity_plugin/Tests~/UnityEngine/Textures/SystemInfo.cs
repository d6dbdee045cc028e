using System.Collections.Generic;
using UnityEngine.Experimental.Rendering;

namespace UnityEngine
{
    public static class SystemInfo
    {
        private static readonly HashSet<GraphicsFormat> Formats = new HashSet<GraphicsFormat>();

        static SystemInfo() => StubReset();

        public static bool supportsAsyncGPUReadback { get; set; }

        public static int maxTextureSize { get; set; }

        /// <summary>True in Direct3D, Metal and Vulkan, false in OpenGL.</summary>
        public static bool graphicsUVStartsAtTop { get; set; }

        public static string deviceModel => "stub";

#if UNITY_2023_2_OR_NEWER
        public static bool IsFormatSupported(GraphicsFormat format, GraphicsFormatUsage usage) => StubSupports(format);
#else
        public static bool IsFormatSupported(GraphicsFormat format, FormatUsage usage) => StubSupports(format);
#endif

        /// <summary>What the device samples.</summary>
        public static void StubSetFormats(params GraphicsFormat[] formats)
        {
            Formats.Clear();
            Formats.UnionWith(formats);
        }

        internal static bool StubSupports(GraphicsFormat format) => Formats.Contains(format);

        internal static void StubReset()
        {
            supportsAsyncGPUReadback = true;
            graphicsUVStartsAtTop = true;
            maxTextureSize = 16384;
            StubSetFormats(
                GraphicsFormat.R8G8B8A8_SRGB,
                GraphicsFormat.R8G8B8A8_UNorm,
                GraphicsFormat.RGBA_DXT1_SRGB,
                GraphicsFormat.RGBA_DXT1_UNorm,
                GraphicsFormat.RGBA_DXT5_SRGB,
                GraphicsFormat.RGBA_DXT5_UNorm,
                GraphicsFormat.RGBA_BC7_SRGB,
                GraphicsFormat.RGBA_BC7_UNorm);
        }
    }
}
