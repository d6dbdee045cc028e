using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FrameBridge.Asmdefs
{
    /// <summary>A .cs file, parsed once per set of the symbols that it uses.</summary>
    internal sealed class SourceFile
    {
        private static readonly Regex Condition = new Regex(@"^[ \t]*#[ \t]*(?:if|elif)\b(.*?)(?://.*)?\r?$", RegexOptions.Multiline);
        private static readonly Regex Symbol = new Regex(@"[\p{L}_]\w*");
        private static readonly string[] Defining = { "*.asmdef", "*.asmref" };

        private readonly SourceText _text;
        private readonly Dictionary<string, SyntaxTree> _trees = new Dictionary<string, SyntaxTree>();

        private SourceFile(string path)
        {
            Path = path;
            _text = SourceText.From(File.ReadAllText(path), Encoding.UTF8);
            Symbols = Condition.Matches(_text.ToString())
                .SelectMany(match => Symbol.Matches(match.Groups[1].Value))
                .Select(match => match.Value)
                .Where(name => name != "true" && name != "false")
                .ToHashSet();
        }

        internal string Path { get; }

        internal string Checksum => Convert.ToHexString(_text.GetChecksum().AsSpan());

        internal IReadOnlySet<string> Symbols { get; }

        /// <summary>The files of a folder's assembly, without those in folders with their own assembly.</summary>
        internal static IEnumerable<SourceFile> Under(AssetFolder folder) => folder
            .Files("*.cs")
            .Select(path => new SourceFile(path))
            .Concat(folder.Folders.Where(inner => !Defining.Any(kind => inner.Files(kind).Any())).SelectMany(Under));

        internal SyntaxTree Parse(LanguageVersion language, IReadOnlyCollection<string> defines)
        {
            List<string> asked = defines.Where(Symbols.Contains).ToList();
            string key = string.Join(" ", asked);
            if (!_trees.TryGetValue(key, out SyntaxTree tree))
            {
                var options = new CSharpParseOptions(language, DocumentationMode.Parse, SourceCodeKind.Regular, asked);
                tree = CSharpSyntaxTree.ParseText(_text, options, Path);
                tree = _trees.Values.FirstOrDefault(other => Branches(other).SequenceEqual(Branches(tree))) ?? tree;
                _trees.Add(key, tree);
            }

            return tree;
        }

        /// <summary>The key of its compiled branches; equal keys give equal trees.</summary>
        internal static IEnumerable<bool> Branches(SyntaxTree tree)
        {
            for (DirectiveTriviaSyntax one = ((CSharpSyntaxNode)tree.GetRoot()).GetFirstDirective(); one != null; one = one.GetNextDirective())
            {
                yield return (one as BranchingDirectiveTriviaSyntax)?.BranchTaken == true;
            }
        }
    }
}
