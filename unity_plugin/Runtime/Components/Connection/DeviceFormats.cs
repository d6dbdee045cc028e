using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Experimental.Rendering;

namespace FrameBridge
{
    /// <summary>Maps the contract's texture formats to those of this device.</summary>
    internal static class DeviceFormats
    {
        // Best first for a stream of small pictures: BC3 encodes fast, phones and headsets sample ASTC.
        private static readonly FrameFormat[] ByWorth =
        {
            FrameFormat.Bc3,
            FrameFormat.Bc7,
            FrameFormat.Astc4x4,
            FrameFormat.Astc6x6,
            FrameFormat.Etc2Rgba,
            FrameFormat.Rgba32,
        };

        /// <summary>The formats that the device can sample, best first; never empty.</summary>
        internal static List<FrameFormat> Supported(bool compressed)
        {
            var supported = new List<FrameFormat>(ByWorth.Length);
            foreach (FrameFormat format in ByWorth)
            {
                if (format == FrameFormat.Rgba32 || (compressed && Samples(ToGraphics(format))))
                {
                    supported.Add(format);
                }
            }

            return supported;
        }

        /// <summary>
        /// The GPU's name of a format; None if it cannot sample it directly. The bytes are sRGB: a linear project's GPU
        /// decodes them when sampling, a gamma project shows them unchanged.
        /// </summary>
        internal static GraphicsFormat ToGraphics(FrameFormat format)
        {
            bool decoded = QualitySettings.activeColorSpace == ColorSpace.Linear;
            switch (format)
            {
                case FrameFormat.Rgba32: return decoded ? GraphicsFormat.R8G8B8A8_SRGB : GraphicsFormat.R8G8B8A8_UNorm;
                case FrameFormat.Bc1: return decoded ? GraphicsFormat.RGBA_DXT1_SRGB : GraphicsFormat.RGBA_DXT1_UNorm;
                case FrameFormat.Bc3: return decoded ? GraphicsFormat.RGBA_DXT5_SRGB : GraphicsFormat.RGBA_DXT5_UNorm;
                case FrameFormat.Bc7: return decoded ? GraphicsFormat.RGBA_BC7_SRGB : GraphicsFormat.RGBA_BC7_UNorm;
                case FrameFormat.Etc2Rgba: return decoded ? GraphicsFormat.RGBA_ETC2_SRGB : GraphicsFormat.RGBA_ETC2_UNorm;
                case FrameFormat.Astc4x4: return decoded ? GraphicsFormat.RGBA_ASTC4X4_SRGB : GraphicsFormat.RGBA_ASTC4X4_UNorm;
                case FrameFormat.Astc6x6: return decoded ? GraphicsFormat.RGBA_ASTC6X6_SRGB : GraphicsFormat.RGBA_ASTC6X6_UNorm;
                default: return GraphicsFormat.None;
            }
        }

        /// <summary>Whether a texture of this format can be made and sampled.</summary>
        internal static bool Samples(GraphicsFormat format)
        {
#if UNITY_2023_2_OR_NEWER
            return SystemInfo.IsFormatSupported(format, GraphicsFormatUsage.Sample);
#else
            return SystemInfo.IsFormatSupported(format, FormatUsage.Sample);
#endif
        }
    }
}
