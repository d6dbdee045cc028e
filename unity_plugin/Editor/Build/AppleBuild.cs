using System.IO;
using UnityEditor;
using UnityEditor.Build;
using UnityEditor.Build.Reporting;

namespace FrameBridge.Editor
{
    /// <summary>Puts the local network text into each iOS build.</summary>
    internal sealed class AppleBuild : IPostprocessBuildWithReport
    {
        public int callbackOrder => 0;

        public void OnPostprocessBuild(BuildReport report)
        {
            if (report.summary.platform == BuildTarget.iOS)
            {
                Add(Path.Combine(report.summary.outputPath, "Info.plist"), ProjectChoices.instance.LocalNetworkText);
            }
        }

        internal static void Add(string file, string text)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                File.WriteAllText(file, InfoPlist.With(File.ReadAllText(file), InfoPlist.LocalNetworkKey, text));
            }
        }
    }
}
