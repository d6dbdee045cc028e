using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FrameBridge.Asmdefs
{
    /// <summary>Which assembly each type of the stubs belongs to, and which exist only in the stubs.</summary>
    internal sealed class StubTypes
    {
        private const string OwnNamespace = "UnityEngine.Stub";
        private const string OwnPrefix = "Stub";

        private readonly IReadOnlyDictionary<string, string> _byType;
        private readonly IReadOnlyDictionary<SyntaxTree, IReadOnlySet<string>> _homes;
        private readonly IReadOnlyList<(string Namespace, string Assembly)> _byNamespace;

        internal StubTypes(IReadOnlyList<SyntaxTree> sources, IReadOnlyList<EngineAssembly> assemblies)
        {
            _byType = assemblies
                .SelectMany(assembly => assembly.Types, (assembly, type) => (assembly, type))
                .ToDictionary(pair => pair.type, pair => pair.assembly.Name);
            _byNamespace = assemblies
                .SelectMany(assembly => assembly.Namespaces, (assembly, name) => (name, assembly.Name))
                .OrderByDescending(pair => pair.name.Length)
                .ToList();
            _homes = sources.ToDictionary(
                tree => tree,
                tree => (IReadOnlySet<string>)TypesIn(tree).Where(IsUnitys).Select(HomeOf).ToHashSet());
            Own = sources.SelectMany(TypesIn).Where(type => !IsUnitys(type)).Select(NameOf).ToHashSet();
            IEnumerable<string> names = sources
                .SelectMany(tree => tree.GetRoot().DescendantNodes(IsAboveTypes))
                .OfType<NamespaceDeclarationSyntax>().Select(node => node.Name.ToString()).Distinct();
            Namespaces = CSharpSyntaxTree.ParseText(
                string.Join("\n", names.Select(name => $"namespace {name} {{ }}")),
                CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp9));
        }

        /// <summary>The sources that have types of an assembly.</summary>
        internal IReadOnlyList<SyntaxTree> SourcesOf(string assembly) =>
            _homes.Where(pair => pair.Value.Contains(assembly)).Select(pair => pair.Key).ToList();

        /// <summary>Simple names of the types that Unity does not have.</summary>
        internal IReadOnlySet<string> Own { get; }

        /// <summary>All namespaces, empty: a using of one whose types are in another assembly is no error.</summary>
        internal SyntaxTree Namespaces { get; }

        internal string HomeOf(MemberDeclarationSyntax type)
        {
            string space = NamespaceOf(type);
            return _byType.TryGetValue($"{space}.{NameOf(type)}", out string home)
                ? home
                : _byNamespace.FirstOrDefault(pair => space == pair.Namespace || space.StartsWith(pair.Namespace + ".")).Assembly
                    ?? throw new LaneException($"engine.json does not say which assembly has {space}.{NameOf(type)}");
        }

        internal bool IsUnitys(MemberDeclarationSyntax type) =>
            type.Modifiers.Any(SyntaxKind.PublicKeyword) && NamespaceOf(type) != OwnNamespace && !IsOwnName(NameOf(type));

        internal static bool IsOwnName(string name) => name.StartsWith(OwnPrefix, StringComparison.Ordinal);

        private static IEnumerable<MemberDeclarationSyntax> TypesIn(SyntaxTree source) => source
            .GetRoot()
            .DescendantNodes(IsAboveTypes)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax || member is DelegateDeclarationSyntax);

        private static bool IsAboveTypes(SyntaxNode node) => node is CompilationUnitSyntax || node is NamespaceDeclarationSyntax;

        private static string NamespaceOf(SyntaxNode type) =>
            string.Join(".", type.Ancestors().OfType<NamespaceDeclarationSyntax>().Reverse().Select(node => node.Name.ToString()));

        private static string NameOf(MemberDeclarationSyntax type) =>
            type is DelegateDeclarationSyntax made ? made.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;
    }
}
