#if !UNITY_2023_2_OR_NEWER
namespace UnityEngine.Experimental.Rendering
{
    /// <summary>Up to Unity 2023.1.</summary>
    public enum FormatUsage
    {
        Sample = 0,
        Linear = 1,
        Render = 4,
        ReadPixels = 9,
    }
}
#endif
