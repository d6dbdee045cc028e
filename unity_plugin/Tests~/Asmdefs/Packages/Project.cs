using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Xml.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// A Unity project: the packages of its Packages/manifest.json and Assets/packages.config (NuGetForUnity's list),
    /// with their assembly definitions and DLLs. Samples of its local packages count as imported.
    /// </summary>
    internal sealed class Project
    {
        private readonly StubEngine _engine;
        private readonly Dictionary<string, Version> _packages = new Dictionary<string, Version>();
        private readonly List<AssemblyDefinition> _definitions = new List<AssemblyDefinition>();
        private readonly List<string> _libraries = new List<string>();
        private readonly List<(string Id, string Version)> _nuget = new List<(string, string)>();
        private readonly HashSet<AssemblyDefinition> _testable = new HashSet<AssemblyDefinition>();
        private readonly IReadOnlySet<string> _testables;
        private readonly IReadOnlyDictionary<string, string> _embedded;
        private readonly string _folder;
        private readonly DefinitionFiles _files;

        internal Project(string folder, StubEngine engine, DefinitionFiles files)
        {
            _folder = folder;
            _engine = engine;
            _files = files;
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
            JsonElement manifest = Json.Read(Path.Combine(folder, "Packages/manifest.json"));
            _testables = manifest.TryGetProperty("testables", out JsonElement names)
                ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet()
                : new HashSet<string>();
            _embedded = Embedded();
            Add(manifest.GetProperty("dependencies").EnumerateObject().Select(one => (one.Name, one.Value.GetString())));
            Add(_embedded.Select(one => (one.Key, one.Value)));
            AddAssets();
            NuGet.Install(_nuget, _libraries);
            foreach (IGrouping<string, string> same in _libraries.GroupBy(Path.GetFileName).Where(group => group.Skip(1).Any()))
            {
                throw new LaneException($"{Name}: {same.Key} is there {same.Count()} times; Unity stops at that");
            }

            ByReference = Named();
            Libraries = _libraries.ToDictionary(Path.GetFileName);
            ExplicitLibraries = _packages.Keys.SelectMany(_engine.LibrariesOf).ToHashSet();
        }

        internal string Name { get; }

        internal IReadOnlyList<AssemblyDefinition> Definitions => _definitions;

        /// <summary>The definitions by the names and GUIDs of references.</summary>
        internal IReadOnlyDictionary<string, AssemblyDefinition> ByReference { get; }

        /// <summary>Whether its tests are compiled: those of assets, of embedded packages and of the manifest's testables.</summary>
        internal bool IsTestable(AssemblyDefinition definition) => _testable.Contains(definition);

        internal bool Has(string package) => package == null || _packages.ContainsKey(package);

        /// <summary>The installed version of a package; null if not installed.</summary>
        internal Version VersionOf(string package) => _packages.GetValueOrDefault(package);

        /// <summary>All DLLs by their file names.</summary>
        internal IReadOnlyDictionary<string, string> Libraries { get; }

        /// <summary>DLLs of Unity's packages, visible only to assemblies that name them.</summary>
        internal IReadOnlySet<string> ExplicitLibraries { get; }

        private IReadOnlyDictionary<string, AssemblyDefinition> Named()
        {
            var found = new Dictionary<string, AssemblyDefinition>();
            foreach (AssemblyDefinition definition in _definitions)
            {
                if (!found.TryAdd(definition.Name, definition))
                {
                    throw new LaneException($"{Name}: two assemblies are called {definition.Name}; Unity stops at that");
                }

                if (definition.Guid != null)
                {
                    found.Add("GUID:" + definition.Guid, definition);
                }
            }

            return found;
        }

        // By name; Unity prefers the folder to the manifest's entry.
        private IReadOnlyDictionary<string, string> Embedded() => Directory
            .GetDirectories(Path.Combine(_folder, "Packages"))
            .Where(path => File.Exists(Path.Combine(path, "package.json")))
            .ToDictionary(path => Json.Read(Path.Combine(path, "package.json")).GetProperty("name").GetString());

        // Where the Package Manager puts a git URL's package.
        private string Downloaded(string name)
        {
            string cache = Path.Combine(_folder, "Library/PackageCache");
            return Directory.Exists(cache) ? Directory.GetDirectories(cache, name + "@*").SingleOrDefault() : null;
        }

        private void Add(IEnumerable<(string Name, string Source)> packages)
        {
            foreach ((string name, string source) in packages)
            {
                Add(name, source);
            }
        }

        private void Add(string name, string source)
        {
            string downloaded = Downloaded(name);
            if (_packages.ContainsKey(name))
            {
                return;
            }

            if (_embedded.TryGetValue(name, out string embedded))
            {
                AddPackage(name, new AssetFolder(embedded), true);
            }
            else if (source.StartsWith("file:"))
            {
                string path = Path.Combine(_folder, "Packages", source.Substring("file:".Length));
                AddPackage(name, new AssetFolder(Path.GetFullPath(path)), false);
            }
            else if (downloaded != null)
            {
                AddPackage(name, new AssetFolder(downloaded, isDownloaded: true), false);
            }
            else if (name.StartsWith("org.nuget."))
            {
                _packages.Add(name, Version.Parse(source));
                _nuget.Add((name.Substring("org.nuget.".Length), source));
            }
            else if (name.StartsWith("com.unity."))
            {
                _packages.Add(name, Version.Parse(source));
                _libraries.AddRange(_engine.LibrariesOf(name).Select(Nunit));
                Add(_engine.DependenciesOf(name).Select(other => (other, "1.0.0")));
            }
            else
            {
                AddStub(name, source);
            }
        }

        private void AddStub(string name, string source)
        {
            string stub = Path.Combine(Settings.Stubs, "Asmdefs/Stubs", name);
            if (!Directory.Exists(stub))
            {
                throw new LaneException($"{Name}: the lane does not know the package {name}; give it a folder in Asmdefs/Stubs");
            }

            _packages.Add(name, Revision(source));
            _definitions.AddRange(_files.Under(new AssetFolder(stub)));
        }

        private void AddPackage(string name, AssetFolder folder, bool isEmbedded)
        {
            JsonElement package = Json.Read(Path.Combine(folder.Path, "package.json"));
            _packages.Add(name, Version.Parse(package.GetProperty("version").GetString()));
            List<AssemblyDefinition> definitions = _files.Under(folder).ToList();
            _definitions.AddRange(definitions);
            if (isEmbedded || _testables.Contains(name))
            {
                _testable.UnionWith(definitions);
            }

            if (package.TryGetProperty("samples", out JsonElement samples))
            {
                _definitions.AddRange(samples.EnumerateArray()
                    .Select(sample => new AssetFolder(Path.Combine(folder.Path, sample.GetProperty("path").GetString())))
                    .SelectMany(_files.Under));
            }

            if (package.TryGetProperty("dependencies", out JsonElement others))
            {
                Add(others.EnumerateObject().Select(one => (one.Name, one.Value.GetString())));
            }
        }

        private void AddAssets()
        {
            string assets = Path.Combine(_folder, "Assets");
            string config = Path.Combine(assets, "packages.config");
            if (File.Exists(config))
            {
                _nuget.AddRange(XDocument.Load(config).Root.Elements("package")
                    .Select(node => ((string)node.Attribute("id"), (string)node.Attribute("version"))));
            }

            if (Directory.Exists(assets))
            {
                _libraries.AddRange(Directory.GetFiles(assets, "*.dll", SearchOption.AllDirectories));
                List<AssemblyDefinition> definitions = _files.Under(new AssetFolder(assets)).ToList();
                _definitions.AddRange(definitions);
                _testable.UnionWith(definitions);
            }
        }

        // A registry's version, or the revision behind a git URL's "#".
        private static Version Revision(string source) => Version.Parse(source.Substring(source.LastIndexOf('#') + 1));

        // The closest to Unity's fork.
        private static string Nunit(string file) => Directory
            .GetFiles(Path.Combine(Settings.Packages, "nunit"), file, SearchOption.AllDirectories)
            .Where(path => path.Contains("netstandard2.0"))
            .OrderBy(path => path, StringComparer.Ordinal)
            .FirstOrDefault() ?? throw new LaneException($"the packages folder has no {file}; name it in FrameBridge.Asmdefs.csproj");
    }
}
