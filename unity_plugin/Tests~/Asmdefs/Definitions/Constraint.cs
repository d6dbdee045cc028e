using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>One of an asmdef's defineConstraints: a symbol, "!" and a symbol, or several of these with "||" between.</summary>
    internal sealed class Constraint
    {
        private readonly IReadOnlyList<string> _terms;

        internal Constraint(string text)
        {
            Text = text;
            _terms = text.Split("||").Select(term => term.Trim(' ', '\t')).ToList();
            if (Symbols.Any(symbol => symbol.Length == 0 || symbol.Any(char.IsWhiteSpace)))
            {
                throw new LaneException($"the define constraint \"{text}\" is invalid: Unity never compiles such an assembly");
            }
        }

        internal string Text { get; }

        internal IEnumerable<string> Symbols => _terms.Select(term => term.TrimStart('!'));

        internal bool IsMet(Func<string, bool> isDefined) =>
            _terms.Any(term => term.StartsWith("!") ? !isDefined(term.Substring(1)) : isDefined(term));
    }
}
