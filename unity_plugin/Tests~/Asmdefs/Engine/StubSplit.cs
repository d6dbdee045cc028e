using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// Reduces the stubs' sources to the public surface of one Unity assembly: its public types with their public and
    /// protected members, so that assemblies do not depend on each other's internals.
    /// </summary>
    internal sealed class StubSplit : CSharpSyntaxRewriter
    {
        private readonly StubTypes _types;
        private readonly string _assembly;

        internal StubSplit(StubTypes types, string assembly)
        {
            _types = types;
            _assembly = assembly;
        }

        // Attributes of the stubs' assemblies, such as InternalsVisibleTo, are not Unity's.
        public override SyntaxNode VisitCompilationUnit(CompilationUnitSyntax node) =>
            base.VisitCompilationUnit(node.WithAttributeLists(default));

        public override SyntaxNode VisitClassDeclaration(ClassDeclarationSyntax node) => Type(node);

        public override SyntaxNode VisitStructDeclaration(StructDeclarationSyntax node) => Type(node);

        public override SyntaxNode VisitInterfaceDeclaration(InterfaceDeclarationSyntax node) => Type(node);

        public override SyntaxNode VisitEnumDeclaration(EnumDeclarationSyntax node) => Belongs(node) ? node : null;

        public override SyntaxNode VisitDelegateDeclaration(DelegateDeclarationSyntax node) => Belongs(node) ? node : null;

        private SyntaxNode Type(TypeDeclarationSyntax type) => Belongs(type) ? Public(type) : null;

        private bool Belongs(MemberDeclarationSyntax type) =>
            _types.IsUnitys(type) && _types.HomeOf(type) == _assembly;

        private TypeDeclarationSyntax Public(TypeDeclarationSyntax type)
        {
            var kept = type.Members.Where(member => IsShown(type, member)).Select(Inner).ToList();
            bool hidesConstructors = type is ClassDeclarationSyntax
                && !type.Modifiers.Any(SyntaxKind.StaticKeyword)
                && type.Members.OfType<ConstructorDeclarationSyntax>().Any(made => !made.Modifiers.Any(SyntaxKind.StaticKeyword))
                && !kept.OfType<ConstructorDeclarationSyntax>().Any();
            if (hidesConstructors)
            {
                // Else the compiler would add a public one.
                kept.Add(SyntaxFactory.ParseMemberDeclaration($"internal {type.Identifier.Text}() {{ }}"));
            }

            return type.WithMembers(SyntaxFactory.List(kept)).WithBaseList(Bases(type.BaseList));
        }

        private MemberDeclarationSyntax Inner(MemberDeclarationSyntax member) =>
            member is TypeDeclarationSyntax nested ? Public(nested) : member;

        private BaseListSyntax Bases(BaseListSyntax bases)
        {
            if (bases == null)
            {
                return null;
            }

            var kept = bases.Types.Where(type => !Names(type).Any(_types.Own.Contains)).ToList();
            return kept.Count == 0 ? null : bases.WithTypes(SyntaxFactory.SeparatedList(kept));
        }

        private bool IsShown(TypeDeclarationSyntax type, MemberDeclarationSyntax member)
        {
            bool shown = type is InterfaceDeclarationSyntax
                || member.Modifiers.Any(SyntaxKind.PublicKeyword)
                || (member.Modifiers.Any(SyntaxKind.ProtectedKeyword) && !member.Modifiers.Any(SyntaxKind.PrivateKeyword))
                || IsExplicit(member)
                || (type is StructDeclarationSyntax && member is FieldDeclarationSyntax);
            return shown && !Declared(member).Any(StubTypes.IsOwnName) && !MentionsOwn(member);
        }

        private static bool IsExplicit(MemberDeclarationSyntax member) =>
            (member as MethodDeclarationSyntax)?.ExplicitInterfaceSpecifier != null
            || (member as PropertyDeclarationSyntax)?.ExplicitInterfaceSpecifier != null;

        /// <summary>Whether a signature uses a type that only the stubs have; bodies do not count.</summary>
        private bool MentionsOwn(MemberDeclarationSyntax member) =>
            !(member is BaseTypeDeclarationSyntax) && Names(member).Any(_types.Own.Contains);

        private static IEnumerable<string> Names(SyntaxNode node) =>
            node.DescendantNodes(inner => !IsInside(inner)).OfType<SimpleNameSyntax>().Select(name => name.Identifier.Text);

        private static bool IsInside(SyntaxNode node) =>
            node is BlockSyntax || node is ArrowExpressionClauseSyntax || node is EqualsValueClauseSyntax
            || node is AccessorListSyntax || node is ConstructorInitializerSyntax || node is AttributeListSyntax;

        private static IEnumerable<string> Declared(MemberDeclarationSyntax member) => member switch
        {
            BaseTypeDeclarationSyntax type => new[] { type.Identifier.Text },
            DelegateDeclarationSyntax made => new[] { made.Identifier.Text },
            MethodDeclarationSyntax method => new[] { method.Identifier.Text },
            PropertyDeclarationSyntax property => new[] { property.Identifier.Text },
            EventDeclarationSyntax raised => new[] { raised.Identifier.Text },
            BaseFieldDeclarationSyntax fields => fields.Declaration.Variables.Select(variable => variable.Identifier.Text),
            _ => Enumerable.Empty<string>(),
        };
    }
}
