using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FrameBridge.Asmdefs
{
    /// <summary>Which assembly each type of the stubs belongs to, and which are the stubs' own: Unity has none of those.</summary>
    internal sealed class StubTypes
    {
        private const string OwnNamespace = "UnityEngine.Stub";
        private const string OwnPrefix = "Stub";

        private readonly IReadOnlyDictionary<string, string> _byType;
        private readonly IReadOnlyList<(string Namespace, string Assembly)> _byNamespace;

        internal StubTypes(IEnumerable<SyntaxTree> sources, IReadOnlyList<EngineAssembly> assemblies)
        {
            _byType = assemblies
                .SelectMany(assembly => assembly.Types, (assembly, type) => (assembly, type))
                .ToDictionary(pair => pair.type, pair => pair.assembly.Name);
            _byNamespace = assemblies
                .SelectMany(assembly => assembly.Namespaces, (assembly, name) => (name, assembly.Name))
                .OrderByDescending(pair => pair.name.Length)
                .ToList();
            List<SyntaxNode> nodes = sources.SelectMany(tree => tree.GetRoot().DescendantNodes(IsAboveTypes)).ToList();
            Own = nodes.OfType<BaseTypeDeclarationSyntax>().Where(type => !IsUnitys(type)).Select(type => type.Identifier.Text).ToHashSet();
            IEnumerable<string> names = nodes.OfType<NamespaceDeclarationSyntax>().Select(node => node.Name.ToString()).Distinct();
            Namespaces = CSharpSyntaxTree.ParseText(
                string.Join("\n", names.Select(name => $"namespace {name} {{ }}")), (CSharpParseOptions)sources.First().Options);
        }

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

        private static bool IsAboveTypes(SyntaxNode node) => node is CompilationUnitSyntax || node is NamespaceDeclarationSyntax;

        private static string NamespaceOf(SyntaxNode type) =>
            string.Join(".", type.Ancestors().OfType<NamespaceDeclarationSyntax>().Reverse().Select(node => node.Name.ToString()));

        private static string NameOf(MemberDeclarationSyntax type) =>
            type is DelegateDeclarationSyntax made ? made.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;
    }
}
