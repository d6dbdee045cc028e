using System.Globalization;
using System.Text;

namespace FrameBridge
{
    /// <summary>Reads the four kinds of strings of TOML.</summary>
    internal sealed class TomlStrings
    {
        private readonly TextCursor _cursor;

        public TomlStrings(TextCursor cursor)
        {
            _cursor = cursor;
        }

        /// <summary>Any kind of string.</summary>
        public string Read() => _cursor.TryTake("\"\"\"") ? Lines('"') : _cursor.TryTake("'''") ? Lines('\'') : Line();

        /// <summary>A string of one line.</summary>
        public string Line()
        {
            var quote = _cursor.Next;
            var text = new StringBuilder();
            for (_cursor.Skip(); _cursor.Next != quote; )
            {
                if (_cursor.IsAtEnd || _cursor.Next == '\n' || _cursor.Next == '\r')
                {
                    throw _cursor.Wrong("a string is not closed");
                }

                Take(text, escapes: quote == '"');
            }

            _cursor.Skip();
            return text.ToString();
        }

        private string Lines(char quote)
        {
            var closing = new string(quote, 3);
            var text = new StringBuilder();
            if (!_cursor.TryTake("\n"))
            {
                _cursor.TryTake("\r\n");
            }

            while (!_cursor.StartsWith(closing) || _cursor.Ahead(3) == quote)
            {
                if (_cursor.IsAtEnd)
                {
                    throw _cursor.Wrong("a string is not closed");
                }

                if (quote != '"' || !TakeLineEnd())
                {
                    Take(text, escapes: quote == '"');
                }
            }

            _cursor.Skip(3);
            return text.ToString();
        }

        /// <summary>A backslash at the end of a line takes the space up to the next letter away.</summary>
        private bool TakeLineEnd()
        {
            if (_cursor.Next != '\\')
            {
                return false;
            }

            var ahead = 1;
            while (_cursor.Ahead(ahead) == ' ' || _cursor.Ahead(ahead) == '\t' || _cursor.Ahead(ahead) == '\r')
            {
                ahead++;
            }

            if (_cursor.Ahead(ahead) != '\n')
            {
                return false;
            }

            _cursor.Skip();
            _cursor.TakeWhile(letter => letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n');
            return true;
        }

        private void Take(StringBuilder text, bool escapes)
        {
            var letter = _cursor.Next;
            if ((letter < ' ' && letter != '\t' && letter != '\n' && letter != '\r') || letter == '\u007f')
            {
                throw _cursor.Wrong("a string holds a control character");
            }

            _cursor.Skip();
            if (letter == '\\' && escapes)
            {
                TakeEscape(text);
            }
            else
            {
                text.Append(letter);
            }
        }

        private void TakeEscape(StringBuilder text)
        {
            var letter = _cursor.Next;
            _cursor.Skip();
            switch (letter)
            {
                case 'b': text.Append('\b'); break;
                case 't': text.Append('\t'); break;
                case 'n': text.Append('\n'); break;
                case 'f': text.Append('\f'); break;
                case 'r': text.Append('\r'); break;
                case '"': text.Append('"'); break;
                case '\\': text.Append('\\'); break;
                case 'u': TakeCode(text, 4); break;
                case 'U': TakeCode(text, 8); break;
                default: throw _cursor.Wrong($"'\\{letter}' is no escape; a backslash is written \\\\");
            }
        }

        private void TakeCode(StringBuilder text, int length)
        {
            var digits = new StringBuilder();
            for (; digits.Length < length && !_cursor.IsAtEnd; _cursor.Skip())
            {
                digits.Append(_cursor.Next);
            }

            var isNumber = uint.TryParse(digits.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code);
            if (!isNumber || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            {
                throw _cursor.Wrong("an escape is no character");
            }

            text.Append(char.ConvertFromUtf32((int)code));
        }
    }
}
