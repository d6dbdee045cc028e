using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// A folder as Unity imports it: without hidden files and, in a downloaded package, which is read-only, without
    /// files that have no .meta.
    /// </summary>
    internal sealed class AssetFolder
    {
        private readonly bool _isDownloaded;

        internal AssetFolder(string path, bool isDownloaded = false)
        {
            Path = path;
            _isDownloaded = isDownloaded;
        }

        internal string Path { get; }

        internal IEnumerable<AssetFolder> Folders =>
            Seen(Directory.GetDirectories(Path)).Select(path => new AssetFolder(path, _isDownloaded));

        internal IEnumerable<string> Files(string pattern) => Seen(Directory.GetFiles(Path, pattern));

        private IEnumerable<string> Seen(IEnumerable<string> paths) =>
            paths.Where(IsImported).OrderBy(path => path, StringComparer.Ordinal);

        private bool IsImported(string path)
        {
            string name = System.IO.Path.GetFileName(path);
            bool isHidden = name.StartsWith(".") || name.EndsWith("~") || name.EndsWith(".tmp") || name == "cvs";
            return !isHidden && (!_isDownloaded || File.Exists(path + ".meta"));
        }
    }
}
