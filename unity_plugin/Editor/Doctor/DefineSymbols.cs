using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Editor
{
    /// <summary>Scripting define symbols as Unity stores them: names joined by semicolons.</summary>
    internal static class DefineSymbols
    {
        public static bool Has(string symbols, string name) => Split(symbols).Contains(name);

        public static string With(string symbols, string name) =>
            Has(symbols, name) ? symbols : string.Join(";", Split(symbols).Append(name));

        public static string Without(string symbols, string name) =>
            Has(symbols, name) ? string.Join(";", Split(symbols).Where(each => each != name)) : symbols;

        private static IEnumerable<string> Split(string symbols) =>
            symbols.Split(new[] { ';', ',', ' ' }, StringSplitOptions.RemoveEmptyEntries);
    }
}
