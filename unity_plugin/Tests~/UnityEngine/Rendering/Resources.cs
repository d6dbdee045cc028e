using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    public static class Resources
    {
        private static readonly Dictionary<string, Object> BuiltIn = new Dictionary<string, Object>();

        /// <summary>An asset in a Resources folder.</summary>
        public static T Load<T>(string path) where T : Object
        {
            MainThread.Require("Load");
            return typeof(T) == typeof(Shader) ? new Shader(path, "_MainTex", "_Turn", "_Shift") as T : null;
        }

        /// <summary>The built-in resources from Unity 2022.2 on, without Arial.ttf.</summary>
        public static T GetBuiltinResource<T>(string path) where T : Object
        {
            MainThread.Require("GetBuiltinResource");
            if (!BuiltIn.TryGetValue(path, out Object found) && path == "LegacyRuntime.ttf")
            {
                found = BuiltIn[path] = new Font("LegacyRuntime");
            }

            if (!(found is T resource))
            {
                Debug.LogError("The resource " + path + " could not be loaded from the resource file!");
                return null;
            }

            return resource;
        }

        public static void UnloadAsset(Object assetToUnload)
        {
        }

        internal static void StubReset() => BuiltIn.Clear();
    }
}
