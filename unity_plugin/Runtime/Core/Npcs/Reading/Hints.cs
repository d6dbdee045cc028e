using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>Parts of the sentences about what is wrong in a table, in the server's words.</summary>
    internal static class Hints
    {
        private const int LongestShown = 40;

        /// <summary>The known name that was probably meant, or all of them.</summary>
        public static string Nearest(string name, IReadOnlyList<string> known)
        {
            var close = Likeness.Closest(name.ToLowerInvariant(), known);
            return close != null
                ? $"did you mean {Quoted(close)}?"
                : $"there {(known.Count == 1 ? "is" : "are")} {string.Join(", ", known)}";
        }

        /// <summary>A name as a sentence quotes it, cut if it is long.</summary>
        public static string Shown(string name)
        {
            var at = 0;
            for (var i = 0; i < LongestShown && at < name.Length; i++)
            {
                at += char.IsSurrogatePair(name, at) ? 2 : 1;
            }

            return Quoted(at < name.Length ? name.Substring(0, at) + "…" : name);
        }

        /// <summary>What kind of value TOML calls this.</summary>
        public static string Called(object value)
        {
            switch (value)
            {
                case bool _: return "a boolean";
                case long _: return "a whole number";
                case decimal _: return "a float";
                case string _: return "a string";
                case List<object> _: return "an array";
                default: return "a table";
            }
        }

        /// <summary>A text's length in characters, as the server counts: Unicode code points.</summary>
        public static int Length(string text) => CodePoints.Count(text, text.Length);

        private static string Quoted(string text)
        {
            var quote = text.IndexOf('\'') >= 0 && text.IndexOf('"') < 0 ? '"' : '\'';
            var quoted = new StringBuilder().Append(quote);
            foreach (var letter in text)
            {
                switch (letter)
                {
                    case '\n': quoted.Append("\\n"); break;
                    case '\r': quoted.Append("\\r"); break;
                    case '\t': quoted.Append("\\t"); break;
                    case '\\': quoted.Append("\\\\"); break;
                    default:
                        quoted.Append(letter == quote ? "\\" + letter : char.IsControl(letter) ? $"\\x{(int)letter:x2}" : letter.ToString());
                        break;
                }
            }

            return quoted.Append(quote).ToString();
        }
    }
}
