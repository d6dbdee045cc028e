using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace UnityEngine.Stub
{
    /// <summary>The imported files by their GUIDs, as the .meta files beside them say.</summary>
    internal sealed class AssetFiles
    {
        private const string Meta = ".meta";
        private const string Guid = "guid: ";
        private readonly Dictionary<string, string> _paths = new Dictionary<string, string>();

        internal string[] Scenes => _paths.Values.Where(path => path.EndsWith(".unity", StringComparison.Ordinal)).ToArray();

        /// <summary>Every file with a .meta below the folder, but for folders that end with `~`.</summary>
        internal void Import(string folder)
        {
            foreach (string meta in Directory.EnumerateFiles(folder, "*" + Meta))
            {
                string line = File.ReadLines(meta).FirstOrDefault(each => each.StartsWith(Guid, StringComparison.Ordinal));
                _paths[(line ?? throw new InvalidDataException("no GUID in " + meta)).Substring(Guid.Length)] =
                    meta.Substring(0, meta.Length - Meta.Length);
            }

            foreach (string inner in Directory.EnumerateDirectories(folder))
            {
                if (!inner.EndsWith("~", StringComparison.Ordinal))
                {
                    Import(inner);
                }
            }
        }

        /// <summary>Where an asset is; null when no imported file has the GUID.</summary>
        internal string PathOf(string guid) => _paths.TryGetValue(guid, out string path) ? path : null;

        /// <summary>The GUID of the imported file whose path ends so; null when there is none.</summary>
        internal string FindGuid(string ending) => _paths.FirstOrDefault(
            pair => pair.Value.Replace('\\', '/').EndsWith("/" + ending, StringComparison.Ordinal)).Key;

        internal List<YamlDocument> Read(string path) => YamlDocument.ReadAll(File.ReadAllText(path));
    }
}
