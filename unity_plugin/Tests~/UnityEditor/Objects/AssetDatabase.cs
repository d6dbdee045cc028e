using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Stub;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    /// <summary>Assets by path: those in memory, and those of the open project's files.</summary>
    public static class AssetDatabase
    {
        private static readonly SortedDictionary<string, Object> Assets = new SortedDictionary<string, Object>();

        public static void CreateAsset(Object asset, string path) => Assets[path] = asset;

        public static void SaveAssets()
        {
        }

        public static string GenerateUniqueAssetPath(string path)
        {
            var dot = path.LastIndexOf('.');
            var unique = path;
            for (var i = 1; Assets.ContainsKey(unique); i++)
            {
                unique = path.Insert(dot, " " + i);
            }

            return unique;
        }

        /// <summary>By a part of the path, which may be left out, and a type: "part t:Type".</summary>
        public static string[] FindAssets(string filter)
        {
            var found = new List<string>();
            foreach (var pair in Assets)
            {
                var at = filter.IndexOf("t:", System.StringComparison.Ordinal);
                if (filter.Substring(at + 2) == pair.Value.GetType().Name && pair.Key.Contains(filter.Substring(0, at).Trim()))
                {
                    found.Add(pair.Key);
                }
            }

            return found.ToArray();
        }

        public static string GUIDToAssetPath(string guid) => guid;

        public static T LoadAssetAtPath<T>(string assetPath) where T : Object =>
            Assets.TryGetValue(assetPath, out var asset) ? asset as T : StubProject.Current?.LoadAt<T>(assetPath);

        /// <summary>Forgets all.</summary>
        public static void StubReset() => Assets.Clear();
    }
}
