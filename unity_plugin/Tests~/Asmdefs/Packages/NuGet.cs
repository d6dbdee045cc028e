using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>NuGet packages as a Unity project gets them: each with its dependencies, as the DLL for netstandard.</summary>
    internal static class NuGet
    {
        // Best first, as NuGetForUnity and the registry of UnityNuGet choose.
        private static readonly string[] Frameworks =
        {
            "netstandard2.1", "netstandard2.0", "netstandard1.6", "netstandard1.5", "netstandard1.4", "netstandard1.3",
            "netstandard1.2", "netstandard1.1", "netstandard1.0",
        };

        /// <summary>The paths of all DLLs of these packages, by the installed versions.</summary>
        internal static IReadOnlyDictionary<string, Version> Install(
            IEnumerable<(string Id, string Version)> asked, ICollection<string> paths)
        {
            var installed = new Dictionary<string, Version>();
            var waiting = new Queue<(string Id, string Version, bool Exact)>(asked.Select(one => (one.Id.ToLowerInvariant(), one.Version, true)));
            while (waiting.TryDequeue(out (string Id, string Version, bool Exact) next))
            {
                Version version = Version.Parse(next.Version);
                if (IsOfTheRuntime(next.Id) || (installed.TryGetValue(next.Id, out Version there) && there.CompareTo(version) >= 0))
                {
                    continue;
                }

                string folder = FolderOf(next.Id, version, next.Exact);
                installed[next.Id] = Version.Parse(Path.GetFileName(folder));
                foreach ((string id, string least) in Dependencies(folder, next.Id))
                {
                    waiting.Enqueue((id.ToLowerInvariant(), least, false));
                }
            }

            foreach (string path in installed.SelectMany(one => Libraries(FolderOf(one.Key, one.Value, true))))
            {
                paths.Add(path);
            }

            return installed;
        }

        // netstandard2.1 includes their types.
        private static bool IsOfTheRuntime(string id) => Directory
            .GetFiles(Settings.NetStandard, "*.dll")
            .Any(path => string.Equals(Path.GetFileNameWithoutExtension(path), id, StringComparison.OrdinalIgnoreCase));

        private static string FolderOf(string id, Version version, bool exact)
        {
            string root = Path.Combine(Settings.Packages, id);
            string found = (Directory.Exists(root) ? Directory.GetDirectories(root) : new string[0])
                .Where(path => Version.TryParse(Path.GetFileName(path), out Version there)
                    && (exact ? there.CompareTo(version) == 0 : there.CompareTo(version) >= 0))
                .OrderBy(path => Version.Parse(Path.GetFileName(path)))
                .FirstOrDefault();
            return found ?? throw new LaneException($"the packages folder has no {id} {version}; name it in FrameBridge.Asmdefs.csproj");
        }

        private static IEnumerable<(string Id, string Version)> Dependencies(string folder, string id)
        {
            XElement root = XDocument.Load(Path.Combine(folder, id + ".nuspec")).Root;
            List<XElement> groups = root.Descendants()
                .Where(node => node.Name.LocalName == "group" && node.Parent.Name.LocalName == "dependencies")
                .ToList();
            XElement ours = Frameworks
                .Select(framework => groups.FirstOrDefault(group => Short((string)group.Attribute("targetFramework")) == framework))
                .FirstOrDefault(group => group != null);
            return ours == null
                ? Enumerable.Empty<(string, string)>()
                : ours.Elements().Select(node => ((string)node.Attribute("id"), Least((string)node.Attribute("version"))));
        }

        private static string Least(string range) => range.Trim('[', ']', '(', ')').Split(',')[0];

        private static string Short(string framework) => (framework ?? string.Empty).TrimStart('.').ToLowerInvariant();

        private static IEnumerable<string> Libraries(string folder) => Frameworks
            .Select(framework => Path.Combine(folder, "lib", framework))
            .Where(Directory.Exists)
            .Take(1)
            .SelectMany(path => Directory.GetFiles(path, "*.dll"))
            .OrderBy(path => path, StringComparer.Ordinal);
    }
}
