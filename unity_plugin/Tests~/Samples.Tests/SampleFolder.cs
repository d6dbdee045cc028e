using System;
using System.IO;
using System.Runtime.CompilerServices;
using UnityEngine.Stub;

namespace FrameBridge.Samples.Tests
{
    /// <summary>A sample in its own project, where the Package Manager's Import puts it, beside the package.</summary>
    internal sealed class SampleFolder : IDisposable
    {
        private readonly string _project = Path.Combine(Path.GetTempPath(), "framebridge-" + Guid.NewGuid().ToString("N"));

        internal SampleFolder(string sample)
        {
            string to = Path.Combine(_project, "Assets", "Samples", "FrameBridge", "0.1.0", sample);
            Directory.CreateDirectory(to);
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Package(), "Samples~", sample)))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            }

            StubProject project = StubProject.Open(typeof(BridgeConnection).Assembly, typeof(AvatarWall).Assembly);
            project.Import(Package());
            project.Import(_project);
        }

        public void Dispose() => Directory.Delete(_project, true);

        private static string Package([CallerFilePath] string here = null) =>
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here), "..", ".."));
    }
}
