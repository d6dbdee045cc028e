using System;
using System.Globalization;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Walks through JSON without making objects of it, and so without garbage. Malformed JSON just ends: nothing here throws,
    /// and no nesting is too deep for it.
    /// </summary>
    internal ref struct JsonValues
    {
        private readonly ReadOnlySpan<char> _json;
        private int _at;

        private JsonValues(ReadOnlySpan<char> json, char opening)
        {
            _json = json;
            _at = 0;
            if (!TryTake(opening))
            {
                _at = json.Length;
            }
        }

        /// <summary>The items of an array; none of anything else.</summary>
        public static JsonValues InArray(ReadOnlySpan<char> json) => new JsonValues(json, '[');

        /// <summary>The value of a name in an object, as it is written; empty if there is none.</summary>
        public static ReadOnlySpan<char> Find(ReadOnlySpan<char> json, string name)
        {
            var members = new JsonValues(json, '{');
            while (members.TryTakeValue(out var key) && members.TryTake(':') && members.TryTakeValue(out var value))
            {
                if (key.Length == name.Length + 2 && key.Slice(1, name.Length).SequenceEqual(name.AsSpan()))
                {
                    return value;
                }

                if (!members.TryTake(','))
                {
                    break;
                }
            }

            return default;
        }

        /// <summary>The text that is written in quotes; null for anything else.</summary>
        public static string TextOf(ReadOnlySpan<char> value)
        {
            if (value.Length < 2 || value[0] != '"')
            {
                return null;
            }

            var inner = value.Slice(1, value.Length - 2);
            return inner.IndexOf('\\') < 0 ? inner.ToString() : Unescaped(inner);
        }

        /// <summary>Whether a text in quotes is this one. Does not allocate unless it has escapes.</summary>
        public static bool IsText(ReadOnlySpan<char> value, string text)
        {
            if (value.Length < 2 || value[0] != '"')
            {
                return false;
            }

            var inner = value.Slice(1, value.Length - 2);
            return inner.IndexOf('\\') < 0 ? inner.SequenceEqual(text.AsSpan()) : Unescaped(inner) == text;
        }

        /// <summary>The next item of an array, as it is written; false at its end.</summary>
        public bool TryTakeItem(out ReadOnlySpan<char> item)
        {
            if (!TryTakeValue(out item))
            {
                return false;
            }

            _at = TryTake(',') ? _at : _json.Length;
            return true;
        }

        private static string Unescaped(ReadOnlySpan<char> inner)
        {
            var text = new StringBuilder(inner.Length);
            for (var i = 0; i < inner.Length; i++)
            {
                if (inner[i] != '\\' || i + 1 == inner.Length)
                {
                    text.Append(inner[i]);
                    continue;
                }

                i++;
                switch (inner[i])
                {
                    case 'b': text.Append('\b'); break;
                    case 'f': text.Append('\f'); break;
                    case 'n': text.Append('\n'); break;
                    case 'r': text.Append('\r'); break;
                    case 't': text.Append('\t'); break;
                    case 'u' when i + 4 < inner.Length && IsCode(inner.Slice(i + 1, 4), out var letter):
                        text.Append(letter);
                        i += 4;
                        break;
                    default: text.Append(inner[i]); break;
                }
            }

            return text.ToString();
        }

        private static bool IsCode(ReadOnlySpan<char> digits, out char letter)
        {
            var isCode = ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code);
            letter = (char)code;
            return isCode;
        }

        private void SkipSpace()
        {
            while (_at < _json.Length && (_json[_at] == ' ' || _json[_at] == '\t' || _json[_at] == '\n' || _json[_at] == '\r'))
            {
                _at++;
            }
        }

        private bool TryTake(char letter)
        {
            SkipSpace();
            var comes = _at < _json.Length && _json[_at] == letter;
            _at += comes ? 1 : 0;
            return comes;
        }

        /// <summary>Takes a whole value: a text, a word, or what is between brackets.</summary>
        private bool TryTakeValue(out ReadOnlySpan<char> value)
        {
            SkipSpace();
            var from = _at;
            var depth = 0;
            value = default;
            do
            {
                if (_at >= _json.Length)
                {
                    return false;
                }

                var letter = _json[_at];
                if (letter == '"')
                {
                    if (!TrySkipText())
                    {
                        return false;
                    }
                }
                else if (letter == '{' || letter == '[')
                {
                    depth++;
                    _at++;
                }
                else if (letter == '}' || letter == ']')
                {
                    depth--;
                    _at++;
                }
                else if (depth > 0)
                {
                    _at++;
                }
                else if (!TrySkipWord())
                {
                    return false;
                }
            }
            while (depth > 0);
            value = _json.Slice(from, _at - from);
            return depth == 0;
        }

        private bool TrySkipText()
        {
            for (_at++; _at < _json.Length; _at++)
            {
                if (_json[_at] == '"')
                {
                    _at++;
                    return true;
                }

                _at += _json[_at] == '\\' ? 1 : 0;
            }

            return false;
        }

        private bool TrySkipWord()
        {
            var from = _at;
            while (_at < _json.Length && (char.IsLetterOrDigit(_json[_at]) || _json[_at] == '-' || _json[_at] == '+' || _json[_at] == '.'))
            {
                _at++;
            }

            return _at > from;
        }
    }
}
