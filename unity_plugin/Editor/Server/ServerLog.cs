using System;
using System.IO;

namespace FrameBridge.Editor
{
    /// <summary>The file that a server writes into. Reads what is needed of it, however long it grows.</summary>
    internal sealed class ServerLog
    {
        private const int TailBytes = 4096;
        private const int HeadLines = 10_000;

        public ServerLog(string path)
        {
            Path = path;
        }

        /// <summary>Where it is; empty for none.</summary>
        public string Path { get; }

        /// <summary>The last line; empty when there is none.</summary>
        public string LastLine
        {
            get
            {
                using (var reader = Open(TailBytes))
                {
                    var text = reader?.ReadToEnd().TrimEnd() ?? "";
                    return text.Substring(text.LastIndexOf('\n') + 1);
                }
            }
        }

        /// <summary>The first line, among the first ten thousand, that begins so; empty when there is none.</summary>
        public string LineWith(string beginning)
        {
            using (var reader = Open(long.MaxValue))
            {
                for (var i = 0; i < HeadLines; i++)
                {
                    var line = reader?.ReadLine();
                    if (line == null || line.StartsWith(beginning, StringComparison.Ordinal))
                    {
                        return line ?? "";
                    }
                }
            }

            return "";
        }

        private StreamReader Open(long tail)
        {
            if (!File.Exists(Path))
            {
                return null;
            }

            var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(Math.Max(0, file.Length - tail), SeekOrigin.Begin);
            return new StreamReader(file);
        }
    }
}
