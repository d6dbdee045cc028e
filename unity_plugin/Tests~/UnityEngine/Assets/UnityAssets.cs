using System;
using System.Collections.Generic;
using System.IO;

namespace UnityEngine.Stub
{
    /// <summary>
    /// What Unity and com.unity.ugui bring, by GUID and number: the lines of unity-assets.txt, which the check of the
    /// package's assets reads too.
    /// </summary>
    internal static class UnityAssets
    {
        private static Dictionary<(string Guid, long FileId), string[]> _known;

        private static Dictionary<(string Guid, long FileId), string[]> Known => _known ??= Read();

        /// <summary>The class of a script of com.unity.ugui with its namespace; null for any other one.</summary>
        internal static string ScriptOf(string guid) =>
            Known.TryGetValue((guid, 11500000), out string[] found) ? found[0] : null;

        /// <summary>The class and the name of a built-in resource; null when there is none.</summary>
        internal static string[] ResourceOf(in AssetReference reference) =>
            Known.TryGetValue((reference.Guid, reference.FileId), out string[] found) ? found : null;

        private static Dictionary<(string, long), string[]> Read()
        {
            var known = new Dictionary<(string, long), string[]>();
            using (Stream file = typeof(UnityAssets).Assembly.GetManifestResourceStream("unity-assets.txt"))
            using (var reader = new StreamReader(file))
            {
                for (string line = reader.ReadLine(); line != null; line = reader.ReadLine())
                {
                    if (line.Length > 0 && line[0] != '#')
                    {
                        string[] words = line.Split(' ');
                        known[(words[0], long.Parse(words[1]))] = words.AsSpan(2).ToArray();
                    }
                }
            }

            return known;
        }
    }
}
