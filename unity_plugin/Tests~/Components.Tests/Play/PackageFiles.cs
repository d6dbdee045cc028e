using System.IO;
using System.Runtime.CompilerServices;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>The package's own prefabs, read from their files.</summary>
    internal static class PackageFiles
    {
        internal static GameObject Instantiate(string prefab)
        {
            StubProject project = StubProject.Open(typeof(BridgeHud).Assembly);
            project.Import(Folder());
            return Object.Instantiate(
                project.LoadAt<GameObject>("Packages/com.framebridge.unity/Runtime/Components/Prefabs/" + prefab + ".prefab"));
        }

        internal static string Folder([CallerFilePath] string here = null) =>
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here), "..", "..", ".."));
    }
}
