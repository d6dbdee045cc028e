using System.Globalization;
using System.IO;
using System.Text;

namespace UnityEngine.Stub
{
    /// <summary>A value that tells where it ends: `{...}`, `[...]` or quoted text, which may go over several lines.</summary>
    internal sealed class YamlFlow
    {
        private string _text;
        private int _at;
        private int _blank;

        public YamlFlow(string text) => _text = text;

        /// <summary>Whether the last bracket or quote is closed.</summary>
        public bool IsWhole
        {
            get
            {
                int depth = 0;
                for (int i = 0; i < _text.Length; i++)
                {
                    if (_text[i] == '\'' || _text[i] == '"')
                    {
                        i = Closing(i);
                        if (i < 0)
                        {
                            return false;
                        }
                    }

                    depth += "{[".IndexOf(_text[i]) >= 0 ? 1 : "}]".IndexOf(_text[i]) >= 0 ? -1 : 0;
                }

                return depth == 0;
            }
        }

        /// <summary>The next line: a line end counts as a space, an empty line as a line end.</summary>
        public void Add(string line)
        {
            if (line.Length == 0)
            {
                _blank++;
                return;
            }

            bool joined = _text[0] == '"' && _text.EndsWith("\\", System.StringComparison.Ordinal);
            string before = joined ? _text.Substring(0, _text.Length - 1) : _text;
            _text = before + (_blank > 0 ? new string('\n', _blank) : joined ? string.Empty : " ") + line;
            _blank = 0;
        }

        public YamlNode Read()
        {
            while (_text[_at] == ' ')
            {
                _at++;
            }

            switch (_text[_at])
            {
                case '{':
                    return Map();
                case '[':
                    return List();
                case '\'':
                    return new YamlScalar(Single());
                case '"':
                    return new YamlScalar(Double());
                default:
                    return new YamlScalar(Plain(",}]"));
            }
        }

        private YamlMap Map()
        {
            var map = new YamlMap();
            _at++;
            while (!Ends('}'))
            {
                string key = Plain(":");
                _at++;
                map[key] = Read();
            }

            return map;
        }

        private YamlList List()
        {
            var list = new YamlList();
            _at++;
            while (!Ends(']'))
            {
                list.Items.Add(Read());
            }

            return list;
        }

        private bool Ends(char bracket)
        {
            while (_text[_at] == ' ' || _text[_at] == ',')
            {
                _at++;
            }

            bool ends = _text[_at] == bracket;
            _at += ends ? 1 : 0;
            return ends;
        }

        private string Plain(string until)
        {
            int begin = _at;
            while (_at < _text.Length && until.IndexOf(_text[_at]) < 0)
            {
                _at++;
            }

            return _text.Substring(begin, _at - begin).Trim();
        }

        private string Single()
        {
            int end = Closing(_at);
            string inner = _text.Substring(_at + 1, end - _at - 1);
            _at = end + 1;
            return inner.Replace("''", "'");
        }

        private string Double()
        {
            int end = Closing(_at);
            var text = new StringBuilder();
            for (_at++; _at < end; _at++)
            {
                text.Append(_text[_at] == '\\' ? Escaped() : _text[_at].ToString());
            }

            _at = end + 1;
            return text.ToString();
        }

        private string Escaped()
        {
            char kind = _text[++_at];
            int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            if (digits > 0)
            {
                int code = int.Parse(_text.Substring(_at + 1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                _at += digits;
                return char.ConvertFromUtf32(code);
            }

            int known = "ntr0ae\"\\/ ".IndexOf(kind);
            return known >= 0 ? "\n\t\r\0\a\u001b\"\\/ "[known].ToString() : throw new InvalidDataException("unknown escape \\" + kind);
        }

        /// <summary>Where the quote that begins here ends; -1 when it does not yet.</summary>
        private int Closing(int begin)
        {
            char quote = _text[begin];
            for (int i = begin + 1; i < _text.Length; i++)
            {
                if (quote == '"' && _text[i] == '\\')
                {
                    i++;
                }
                else if (_text[i] == quote)
                {
                    if (quote != '\'' || i + 1 == _text.Length || _text[i + 1] != '\'')
                    {
                        return i;
                    }

                    i++;
                }
            }

            return -1;
        }
    }
}
