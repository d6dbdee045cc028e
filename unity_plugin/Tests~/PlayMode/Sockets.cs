using System.IO;

namespace FrameBridge.PlayMode
{
    /// <summary>The process's open sockets.</summary>
    internal static class Sockets
    {
        internal static int Count()
        {
            int count = 0;
            foreach (FileInfo descriptor in new DirectoryInfo("/proc/self/fd").EnumerateFiles())
            {
                try
                {
                    count += (descriptor.LinkTarget ?? string.Empty).StartsWith("socket:", System.StringComparison.Ordinal) ? 1 : 0;
                }
                catch (IOException)
                {
                    continue; // closed meanwhile
                }
            }

            return count;
        }
    }
}
