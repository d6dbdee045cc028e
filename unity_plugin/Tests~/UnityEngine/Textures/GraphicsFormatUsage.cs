#if UNITY_2023_2_OR_NEWER
using System;

namespace UnityEngine.Experimental.Rendering
{
    /// <summary>From Unity 2023.2.</summary>
    [Flags]
    public enum GraphicsFormatUsage
    {
        Sample = 1,
        Linear = 2,
        Render = 16,
        ReadPixels = 512,
    }
}
#endif
