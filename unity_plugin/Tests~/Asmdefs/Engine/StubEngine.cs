using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
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
        private readonly IReadOnlyList<SyntaxTree> _sources;
        private readonly StubTypes _types;
        private readonly IReadOnlyList<MetadataReference> _runtime;
        private readonly Dictionary<string, Dictionary<string, MetadataReference>> _byVersion =
            new Dictionary<string, Dictionary<string, MetadataReference>>();

        private readonly Dictionary<string, MetadataReference> _built = new Dictionary<string, MetadataReference>();

        internal StubEngine(IReadOnlyList<MetadataReference> runtime)
        {
            _runtime = runtime;
            Assemblies = _json.GetProperty("assemblies").EnumerateArray().Select(json => new EngineAssembly(json)).ToList();
            Changes = _json.GetProperty("changes").EnumerateArray().Select(json => new Change(json)).ToList();
            _sources = Stubs
                .SelectMany(stub => SourceFile.Under(new AssetFolder(Path.Combine(Settings.Stubs, stub))))
                .Where(source => !source.Path.Contains("/obj/") && !source.Path.Contains("/bin/"))
                .Select(source => source.Parse(LanguageVersion.CSharp9, Array.Empty<string>()))
                .ToList();
            _types = new StubTypes(_sources, Assemblies);
        }

        internal IReadOnlyList<EngineAssembly> Assemblies { get; }

        internal IReadOnlyList<Change> Changes { get; }

        /// <summary>What a package of Unity's depends on.</summary>
        internal IEnumerable<string> DependenciesOf(string package) => Texts("dependencies", package);

        /// <summary>File names of the DLLs that a package of Unity's brings; they are seen only where an asmdef names them.</summary>
        internal IEnumerable<string> LibrariesOf(string package) => Texts("dlls", package);

        /// <summary>All assemblies as this version of Unity has them, by name.</summary>
        internal IReadOnlyDictionary<string, MetadataReference> Of(Version unity)
        {
            if (_byVersion.TryGetValue(unity.ToString(), out Dictionary<string, MetadataReference> built))
            {
                return built;
            }

            HashSet<string> absent = Changes.Where(change => !change.IsThere(unity)).Select(change => change.Name).ToHashSet();
            built = new Dictionary<string, MetadataReference>();
            _byVersion.Add(unity.ToString(), built);
            foreach (EngineAssembly assembly in Assemblies)
            {
                built.Add(assembly.Name, Build(assembly.Name, absent, built.Values));
            }

            return built;
        }

        private MetadataReference Build(string assembly, IReadOnlySet<string> absent, IEnumerable<MetadataReference> before)
        {
            List<SyntaxTree> sources = _sources.Where(tree => _types.HomesIn(tree).Contains(assembly)).ToList();
            HashSet<string> mentioned = absent.Where(name => sources.Any(tree => tree.GetText().ToString().Contains(name))).ToHashSet();
            string key = assembly + " without " + string.Join(" ", mentioned.OrderBy(name => name, StringComparer.Ordinal));
            if (!_built.TryGetValue(key, out MetadataReference built))
            {
                var split = new StubSplit(_types, assembly, mentioned);
                IEnumerable<SyntaxTree> trees = sources
                    .Select(tree => CSharpSyntaxTree.Create((CSharpSyntaxNode)split.Visit(tree.GetRoot()), (CSharpParseOptions)tree.Options, tree.FilePath, Encoding.UTF8))
                    .Append(_types.Namespaces);
                var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
                built = Emit(CSharpCompilation.Create(assembly, trees, _runtime.Concat(before), options));
                _built.Add(key, built);
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
