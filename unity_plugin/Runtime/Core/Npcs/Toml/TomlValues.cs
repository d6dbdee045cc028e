using System.Collections.Generic;
using System.Globalization;

namespace FrameBridge
{
    /// <summary>Reads keys, values, blanks and comments of TOML.</summary>
    internal sealed class TomlValues
    {
        private const int DeepestNesting = 32;
        private readonly TextCursor _cursor;
        private readonly TomlTables _tables;
        private readonly TomlStrings _strings;
        private int _depth;

        public TomlValues(TextCursor cursor, TomlTables tables)
        {
            _cursor = cursor;
            _tables = tables;
            _strings = new TomlStrings(cursor);
        }

        /// <summary>One "key = value".</summary>
        public void ReadPair(DataTable table)
        {
            var keys = Keys();
            _cursor.Expect('=');
            SkipBlanks();
            _tables.Set(table, keys, Value(), _cursor);
        }

        /// <summary>A key, dotted or not, and the blanks around it.</summary>
        public List<string> Keys()
        {
            var keys = new List<string>();
            do
            {
                SkipBlanks();
                keys.Add(Key());
                SkipBlanks();
            }
            while (_cursor.TryTake("."));
            return keys;
        }

        public void SkipBlanks() => _cursor.TakeWhile(letter => letter == ' ' || letter == '\t');

        public void SkipComment()
        {
            if (_cursor.Next == '#')
            {
                _cursor.TakeWhile(letter => letter != '\n' && letter != '\r');
            }
        }

        public void SkipBlankLines()
        {
            int before;
            do
            {
                before = _cursor.At;
                SkipBlanks();
                SkipComment();
                if (!_cursor.TryTake("\n"))
                {
                    _cursor.TryTake("\r\n");
                }
            }
            while (_cursor.At > before);
        }

        private static bool IsBare(char letter) =>
            (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';

        private static bool IsOfNumber(char letter) => IsBare(letter) || letter == '+' || letter == '.' || letter == ':';

        private string Key()
        {
            if (_cursor.Next == '"' || _cursor.Next == '\'')
            {
                return _strings.Line();
            }

            var key = _cursor.TakeWhile(IsBare);
            return key.Length > 0 ? key : throw _cursor.Wrong("expected a key");
        }

        private object Value()
        {
            switch (_cursor.Next)
            {
                case '"':
                case '\'':
                    return _strings.Read();
                case '[':
                    return Nested(Array());
                case '{':
                    return Nested(Inline());
                default:
                    return Word(_cursor.TakeWhile(IsOfNumber));
            }
        }

        private object Nested(object value)
        {
            _tables.Close(value);
            _depth--;
            return value;
        }

        private void Enter()
        {
            if (++_depth > DeepestNesting)
            {
                throw _cursor.Wrong("nested too deeply");
            }

            _cursor.Skip();
        }

        private List<object> Array()
        {
            var items = new List<object>();
            Enter();
            for (SkipBlankLines(); !_cursor.TryTake("]"); SkipBlankLines())
            {
                items.Add(Value());
                SkipBlankLines();
                if (!_cursor.TryTake(",") && _cursor.Next != ']')
                {
                    throw _cursor.Wrong("expected ',' or ']' in an array");
                }
            }

            return items;
        }

        private DataTable Inline()
        {
            var table = new DataTable();
            Enter();
            SkipBlanks();
            if (_cursor.TryTake("}"))
            {
                return table;
            }

            do
            {
                ReadPair(table);
                SkipBlanks();
            }
            while (_cursor.TryTake(","));
            _cursor.Expect('}');
            return table;
        }

        private object Word(string word)
        {
            if (word == "true" || word == "false")
            {
                return word == "true";
            }

            var digits = word.Replace("_", string.Empty);
            if (digits.Length == 0 || !IsNumber(word))
            {
                throw _cursor.Wrong("expected a value: a text in quotes, a number, true, false, an array or a table");
            }

            const NumberStyles Whole = NumberStyles.AllowLeadingSign;
            if (long.TryParse(digits, Whole, CultureInfo.InvariantCulture, out var whole))
            {
                return whole;
            }

            return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw _cursor.Wrong($"'{word}' is no number");
        }

        /// <summary>A sign, digits, perhaps a fraction and an exponent; underscores are between digits, and no zero leads.</summary>
        private static bool IsNumber(string word)
        {
            var at = SignAt(word, 0);
            var isNumber = !LeadsWithZero(word, at) && Digits(word, ref at);
            if (isNumber && at < word.Length && word[at] == '.')
            {
                at++;
                isNumber = Digits(word, ref at);
            }

            if (isNumber && at < word.Length && (word[at] == 'e' || word[at] == 'E'))
            {
                at = SignAt(word, at + 1);
                isNumber = Digits(word, ref at);
            }

            return isNumber && at == word.Length;
        }

        private static int SignAt(string word, int at) => at < word.Length && (word[at] == '+' || word[at] == '-') ? at + 1 : at;

        private static bool LeadsWithZero(string word, int at) =>
            at + 1 < word.Length && word[at] == '0' && (IsDigit(word[at + 1]) || word[at + 1] == '_');

        private static bool Digits(string word, ref int at)
        {
            var from = at;
            while (at < word.Length && (IsDigit(word[at]) || (word[at] == '_' && at > from && IsDigit(word[at - 1]))))
            {
                at++;
            }

            return at > from && IsDigit(word[at - 1]);
        }

        private static bool IsDigit(char letter) => letter >= '0' && letter <= '9';
    }
}
