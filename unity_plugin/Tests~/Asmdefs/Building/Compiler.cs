using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace FrameBridge.Asmdefs
{
    /// <summary>Compiles as Unity's csc does: C# 9 for netstandard2.1. Equal inputs are compiled once.</summary>
    internal sealed class Compiler
    {
        private const LanguageVersion Language = LanguageVersion.CSharp9;

        // The warnings that Unity suppresses: fields that the inspector sets, and unified versions.
        private static readonly string[] Silent = { "CS0169", "CS0649", "CS0282", "CS1701", "CS1702" };

        private readonly Dictionary<string, Compiled> _done = new Dictionary<string, Compiled>();
        private readonly Dictionary<string, MetadataReference> _references = new Dictionary<string, MetadataReference>();

        private readonly Dictionary<MetadataReference, int> _numbers = new Dictionary<MetadataReference, int>();

        internal Compiler()
        {
            Runtime = Directory.GetFiles(Settings.NetStandard, "*.dll").OrderBy(path => path, StringComparer.Ordinal).Select(File).ToList();
            if (Runtime.Count == 0)
            {
                throw new LaneException($"no reference assemblies in {Settings.NetStandard}; name it in FrameBridge.Asmdefs.csproj");
            }
        }

        internal IReadOnlyList<MetadataReference> Runtime { get; }

        /// <summary>The number of actual compilations.</summary>
        internal int Runs => _done.Count;

        /// <summary>The reference to a DLL, cached.</summary>
        internal MetadataReference File(string path)
        {
            if (!_references.TryGetValue(path, out MetadataReference reference))
            {
                reference = MetadataReference.CreateFromFile(path);
                _references.Add(path, reference);
            }

            return reference;
        }

        internal Compiled Compile(AssemblyDefinition definition, IReadOnlyList<string> defines, IReadOnlyList<MetadataReference> references)
        {
            IEnumerable<bool> branches = definition.Sources
                .Where(source => source.Symbols.Count > 0)
                .SelectMany(source => SourceFile.Branches(source.Parse(Language, defines)));
            string key = $"{definition.Content} {string.Concat(branches)} {string.Join(" ", references.Select(Number))}";
            if (!_done.TryGetValue(key, out Compiled compiled))
            {
                compiled = Run(definition, defines, references);
                _done.Add(key, compiled);
            }

            return compiled;
        }

        private int Number(MetadataReference reference)
        {
            _numbers.TryAdd(reference, _numbers.Count);
            return _numbers[reference];
        }

        private Compiled Run(AssemblyDefinition definition, IReadOnlyCollection<string> defines, IEnumerable<MetadataReference> references)
        {
            var options = new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: definition.AllowUnsafeCode,
                deterministic: true,
                concurrentBuild: false,
                specificDiagnosticOptions: Silent.ToDictionary(id => id, _ => ReportDiagnostic.Suppress));
            CSharpCompilation compilation = CSharpCompilation.Create(
                definition.Name, definition.Sources.Select(source => source.Parse(Language, defines)), Runtime.Concat(references), options);
            using (var image = new MemoryStream())
            using (var shown = new MemoryStream())
            {
                EmitResult result = compilation.Emit(image, metadataPEStream: shown, options: new EmitOptions(includePrivateMembers: false));
                return new Compiled(
                    result.Success ? Shared(shown.ToArray()) : null,
                    result.Diagnostics.Where(one => one.Severity >= DiagnosticSeverity.Warning).Select(one => one.ToString()).ToList());
            }
        }

        /// <summary>One reference for all assemblies with the same public surface: their users are compiled once.</summary>
        private MetadataReference Shared(byte[] shown)
        {
            string key = Convert.ToHexString(SHA256.HashData(shown));
            if (!_references.TryGetValue(key, out MetadataReference reference))
            {
                reference = MetadataReference.CreateFromImage(shown);
                _references.Add(key, reference);
            }

            return reference;
        }
    }
}
