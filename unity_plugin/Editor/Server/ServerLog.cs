using System;
using System.IO;

namespace FrameBridge.Editor
{
    /// <summary>A server's log file. Reads only parts of it, as it may grow large.</summary>
    internal sealed class ServerLog
    {
        private const int TailBytes = 4096;
        private const int HeadLines = 10_000;

        public ServerLog(string path)
        {
            Path = path;
        }

        /// <summary>The path; empty for none.</summary>
        public string Path { get; }

        /// <summary>The last line; empty if none.</summary>
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

        /// <summary>The first line with this prefix, among the first ten thousand; empty if none.</summary>
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
