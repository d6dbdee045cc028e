using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace UnityEngine.Stub
{
    /// <summary>
    /// Reads the part of YAML that Unity writes: maps and lists by indentation, `{...}` and `[...]` in a line, plain and
    /// quoted text over several lines. No anchors, no block scalars, no comments.
    /// </summary>
    internal sealed class YamlReader
    {
        private readonly List<string> _lines;
        private int _at;

        public YamlReader(IEnumerable<string> lines) => _lines = lines.ToList();

        private bool IsOver => _at >= _lines.Count;

        private bool IsBlank => _lines[_at].Trim().Length == 0;

        private int Indent => _lines[_at].Length - _lines[_at].TrimStart(' ').Length;

        private bool IsItem
        {
            get
            {
                string content = _lines[_at].TrimStart(' ');
                return content == "-" || content.StartsWith("- ", System.StringComparison.Ordinal);
            }
        }

        public YamlMap Read()
        {
            SkipBlank();
            return Map(0);
        }

        private static int KeyEnd(string line, int from)
        {
            int colon = line.IndexOf(": ", from, System.StringComparison.Ordinal);
            return colon < 0 && line.EndsWith(":", System.StringComparison.Ordinal) ? line.Length - 1 : colon;
        }

        private static bool BeginsMap(string content) => "{['\"".IndexOf(content[0]) < 0 && KeyEnd(content, 0) > 0;

        private YamlMap Map(int indent)
        {
            var map = new YamlMap();
            while (!IsOver && Indent == indent && !IsItem)
            {
                string line = _lines[_at];
                int colon = KeyEnd(line, indent);
                if (colon < 0)
                {
                    throw new InvalidDataException("no name and value: " + line);
                }

                _at++;
                map[line.Substring(indent, colon - indent)] = Value(line.Substring(colon + 1).Trim(), indent);
                SkipBlank();
            }

            return map;
        }

        private YamlList List(int indent)
        {
            var list = new YamlList();
            while (!IsOver && Indent == indent && IsItem)
            {
                string content = _lines[_at].Substring(indent + 1).TrimStart(' ');
                int inner = _lines[_at].Length - content.Length;
                if (content.Length > 0 && (BeginsMap(content) || content.StartsWith("- ", System.StringComparison.Ordinal)))
                {
                    _lines[_at] = new string(' ', inner) + content;
                    list.Items.Add(Block(inner));
                }
                else
                {
                    _at++;
                    list.Items.Add(Value(content.TrimEnd(), indent));
                }

                SkipBlank();
            }

            return list;
        }

        private YamlNode Block(int indent) => IsItem ? (YamlNode)List(indent) : Map(indent);

        private YamlNode Value(string rest, int indent)
        {
            if (rest.Length > 0)
            {
                return Inline(rest, indent);
            }

            SkipBlank();
            bool nested = !IsOver && (Indent > indent || (Indent == indent && IsItem));
            return nested ? Block(Indent) : new YamlScalar(string.Empty);
        }

        private YamlNode Inline(string text, int indent)
        {
            switch (text[0])
            {
                case '{':
                case '[':
                case '\'':
                case '"':
                    var flow = new YamlFlow(text);
                    while (!flow.IsWhole)
                    {
                        flow.Add(Next(text));
                    }

                    return flow.Read();
                default:
                    return new YamlScalar(Plain(text, indent));
            }
        }

        private string Next(string of)
        {
            if (IsOver)
            {
                throw new InvalidDataException("never closed: " + of);
            }

            return _lines[_at++].Trim();
        }

        private string Plain(string text, int indent)
        {
            int blank = 0;
            for (int ahead = _at; ahead < _lines.Count; ahead++)
            {
                string line = _lines[ahead].Trim();
                if (line.Length == 0)
                {
                    blank++;
                    continue;
                }

                if (_lines[ahead].Length - _lines[ahead].TrimStart(' ').Length <= indent)
                {
                    break;
                }

                text += (blank == 0 ? " " : new string('\n', blank)) + line;
                blank = 0;
                _at = ahead + 1;
            }

            return text;
        }

        private void SkipBlank()
        {
            while (!IsOver && IsBlank)
            {
                _at++;
            }
        }
    }
}
