using UnityEngine.Stub;

namespace UnityEngine
{
    public static class Resources
    {
        /// <summary>What lies in a Resources folder.</summary>
        public static T Load<T>(string path) where T : Object
        {
            MainThread.Require("Load");
            return typeof(T) == typeof(Shader) ? new Shader(path, "_MainTex", "_Turn", "_Shift") as T : null;
        }

        public static void UnloadAsset(Object assetToUnload)
        {
        }
    }
}
