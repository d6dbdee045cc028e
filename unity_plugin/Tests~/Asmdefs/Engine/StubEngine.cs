using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// The engine and its editor as reference assemblies with Unity's names. Their public types are those of the two stubs
    /// that the tests run on; engine.json says which assembly has which, in which versions of Unity.
    /// </summary>
    internal sealed class StubEngine
    {
        private static readonly string[] Stubs = { "UnityEngine", "UnityEditor" };

        private readonly JsonElement _json = Json.Read(Path.Combine(Settings.Stubs, "Asmdefs/Engine/engine.json"));
        private readonly IReadOnlyList<SourceFile> _sources;
        private readonly IReadOnlyList<MetadataReference> _runtime;
        private readonly Dictionary<string, MetadataReference> _built = new Dictionary<string, MetadataReference>();
        private readonly Dictionary<string, Dictionary<string, MetadataReference>> _byVersion =
            new Dictionary<string, Dictionary<string, MetadataReference>>();

        internal StubEngine(IReadOnlyList<MetadataReference> runtime)
        {
            _runtime = runtime;
            Assemblies = _json.GetProperty("assemblies").EnumerateArray().Select(json => new EngineAssembly(json)).ToList();
            _sources = Stubs
                .SelectMany(stub => SourceFile.Under(new AssetFolder(Path.Combine(Settings.Stubs, stub))))
                .Where(source => !source.Path.Contains("/obj/") && !source.Path.Contains("/bin/"))
                .ToList();
        }

        internal IReadOnlyList<EngineAssembly> Assemblies { get; }

        /// <summary>The symbols that the stubs use, where Unity's API differs between versions.</summary>
        internal IEnumerable<string> Symbols => _sources.SelectMany(source => source.Symbols).Distinct();

        /// <summary>The dependencies of a Unity package.</summary>
        internal IEnumerable<string> DependenciesOf(string package) => Texts("dependencies", package);

        /// <summary>File names of a Unity package's DLLs; visible only to asmdefs that name them.</summary>
        internal IEnumerable<string> LibrariesOf(string package) => Texts("dlls", package);

        /// <summary>All assemblies of this version of Unity, by name.</summary>
        internal IReadOnlyDictionary<string, MetadataReference> Of(Version unity)
        {
            if (!_byVersion.TryGetValue(unity.ToString(), out Dictionary<string, MetadataReference> built))
            {
                List<string> defines = Symbols.Where(symbol => Target.Asked(symbol)?.CompareTo(unity) <= 0).ToList();
                var types = new StubTypes(_sources.Select(source => source.Parse(LanguageVersion.CSharp9, defines)).ToList(), Assemblies);
                built = new Dictionary<string, MetadataReference>();
                _byVersion.Add(unity.ToString(), built);
                foreach (EngineAssembly assembly in Assemblies)
                {
                    built.Add(assembly.Name, Build(assembly.Name, types, built.Values));
                }
            }

            return built;
        }

        private MetadataReference Build(string assembly, StubTypes types, IEnumerable<MetadataReference> before)
        {
            IReadOnlyList<SyntaxTree> sources = types.SourcesOf(assembly);
            string branches = string.Concat(sources.Select(tree => tree.FilePath + string.Concat(SourceFile.Branches(tree))));
            if (!_built.TryGetValue(assembly + branches, out MetadataReference built))
            {
                var split = new StubSplit(types, assembly);
                IEnumerable<SyntaxTree> trees = sources
                    .Select(tree => tree.WithRootAndOptions(split.Visit(tree.GetRoot()), tree.Options))
                    .Append(types.Namespaces);
                var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
                built = Emit(CSharpCompilation.Create(assembly, trees, _runtime.Concat(before), options));
                _built.Add(assembly + branches, built);
            }

            return built;
        }

        private static MetadataReference Emit(CSharpCompilation compilation)
        {
            using (var image = new MemoryStream())
            {
                EmitResult result = compilation.Emit(image, options: new EmitOptions(metadataOnly: true, includePrivateMembers: false));
                if (!result.Success)
                {
                    IEnumerable<Diagnostic> errors = result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error);
                    throw new LaneException($"the stub cannot be split, {compilation.AssemblyName} does not compile:\n{string.Join("\n", errors.Take(20))}");
                }

                return MetadataReference.CreateFromImage(image.ToArray());
            }
        }

        private IEnumerable<string> Texts(string field, string key) =>
            _json.GetProperty(field).TryGetProperty(key, out JsonElement texts)
                ? texts.EnumerateArray().Select(text => text.GetString())
                : Enumerable.Empty<string>();
    }
}
