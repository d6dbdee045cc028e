using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FrameBridge
{
    /// <summary>Writes TOML as an author would: values first, then tables; long texts over several lines.</summary>
    internal sealed class TomlWriter
    {
        private const int LineLength = 118;
        private readonly StringBuilder _text = new StringBuilder();

        public static string Write(DataTable root)
        {
            var writer = new TomlWriter();
            writer.Values(root);
            writer.Tables(root, string.Empty);
            return writer._text.ToString();
        }

        private static bool IsTables(object value) => value is List<object> list && list.Count > 0 && list.TrueForAll(item => item is DataTable);

        private static string Key(string key) => key.Length > 0 && IsBare(key) ? key : Quoted(key);

        private static bool IsBare(string key)
        {
            foreach (var letter in key)
            {
                var isBare = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
                if (!isBare && letter != '_' && letter != '-')
                {
                    return false;
                }
            }

            return true;
        }

        private static string Quoted(string text) => "\"" + Escaped(text) + "\"";

        private static string Escaped(string text)
        {
            var escaped = new StringBuilder();
            foreach (var letter in text)
            {
                switch (letter)
                {
                    case '"': escaped.Append("\\\""); break;
                    case '\\': escaped.Append("\\\\"); break;
                    case '\n': escaped.Append("\\n"); break;
                    case '\r': escaped.Append("\\r"); break;
                    case '\t': escaped.Append("\\t"); break;
                    default:
                        escaped.Append(letter < ' ' || letter == '\u007f' ? $"\\u{(int)letter:x4}" : letter.ToString());
                        break;
                }
            }

            return escaped.ToString();
        }

        private static string Number(decimal number)
        {
            var cents = number.ToString("0.00", CultureInfo.InvariantCulture);
            return decimal.Parse(cents, CultureInfo.InvariantCulture) == number ? cents : number.ToString("0.0###########################", CultureInfo.InvariantCulture);
        }

        private void Values(DataTable table)
        {
            foreach (var key in table.Keys)
            {
                var value = table[key];
                if (value is DataTable || IsTables(value))
                {
                    continue;
                }

                _text.Append(Key(key)).Append(" = ");
                if (value is string text && text.Length > LineLength - key.Length && IsFolded(text))
                {
                    Fold(text);
                }
                else
                {
                    Value(value);
                }

                _text.Append('\n');
            }
        }

        private void Tables(DataTable table, string path)
        {
            foreach (var key in table.Keys)
            {
                var name = path.Length > 0 ? path + "." + Key(key) : Key(key);
                if (table[key] is DataTable inner)
                {
                    if (inner.Keys.Count == 0 || HasValues(inner))
                    {
                        Header("[" + name + "]");
                    }

                    Values(inner);
                    Tables(inner, name);
                }
                else if (IsTables(table[key]))
                {
                    foreach (DataTable item in (List<object>)table[key])
                    {
                        _text.Append('\n');
                        Header("[[" + name + "]]");
                        Values(item);
                        Tables(item, name);
                    }
                }
            }
        }

        private static bool HasValues(DataTable table)
        {
            foreach (var key in table.Keys)
            {
                if (!(table[key] is DataTable) && !IsTables(table[key]))
                {
                    return true;
                }
            }

            return false;
        }

        private void Header(string header) => _text.Append(header).Append('\n');

        private void Value(object value)
        {
            switch (value)
            {
                case bool flag:
                    _text.Append(flag ? "true" : "false");
                    break;
                case decimal number:
                    _text.Append(Number(number));
                    break;
                case string text:
                    _text.Append(Quoted(text));
                    break;
                case List<object> list:
                    Items(list);
                    break;
                case DataTable table:
                    Inline(table);
                    break;
                default:
                    _text.Append(((System.IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                    break;
            }
        }

        private void Items(List<object> list)
        {
            var from = _text.Length;
            _text.Append('[');
            Items(list, ", ");
            if (_text.Length - from <= LineLength - 10)
            {
                _text.Append(']');
                return;
            }

            _text.Length = from;
            _text.Append("[\n    ");
            Items(list, ",\n    ");
            _text.Append(",\n]");
        }

        private void Items(List<object> list, string between)
        {
            for (var i = 0; i < list.Count; i++)
            {
                _text.Append(i > 0 ? between : string.Empty);
                Value(list[i]);
            }
        }

        private void Inline(DataTable table)
        {
            _text.Append('{');
            for (var i = 0; i < table.Keys.Count; i++)
            {
                _text.Append(i > 0 ? ", " : " ").Append(Key(table.Keys[i])).Append(" = ");
                Value(table[table.Keys[i]]);
            }

            _text.Append(" }");
        }

        /// <summary>Whether lines may end anywhere between its words.</summary>
        private static bool IsFolded(string text) => text.IndexOf("  ", System.StringComparison.Ordinal) < 0 && text.Trim() == text;

        private void Fold(string text)
        {
            _text.Append("\"\"\"\n");
            var length = 0;
            foreach (var word in text.Split(' '))
            {
                var escaped = Escaped(word);
                if (length > 0 && length + escaped.Length + 3 > LineLength)
                {
                    _text.Append(" \\\n");
                    length = 0;
                }
                else if (length > 0)
                {
                    _text.Append(' ');
                    length++;
                }

                _text.Append(escaped);
                length += escaped.Length;
            }

            _text.Append("\"\"\"");
        }
    }
}
