using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// JSON as tables, for what is read once: the parameters of an action. Throws <see cref="FormatException"/> with the
    /// place of what is wrong.
    /// </summary>
    internal static class JsonTree
    {
        private const int DeepestNesting = 32;

        public static object Read(string text)
        {
            var cursor = new TextCursor(text);
            var value = Value(cursor, 0);
            SkipSpace(cursor);
            return cursor.IsAtEnd ? value : throw cursor.Wrong("expected the end of the text");
        }

        /// <summary>A value as text on one line.</summary>
        public static string Write(object value)
        {
            var text = new StringBuilder();
            Write(text, value);
            return text.ToString();
        }

        private static void SkipSpace(TextCursor cursor) =>
            cursor.TakeWhile(letter => letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r');

        private static object Value(TextCursor cursor, int depth)
        {
            if (depth > DeepestNesting)
            {
                throw cursor.Wrong("nested too deeply");
            }

            SkipSpace(cursor);
            switch (cursor.Next)
            {
                case '{':
                    return Table(cursor, depth);
                case '[':
                    return Items(cursor, depth);
                case '"':
                    return Text(cursor);
                default:
                    return Word(cursor);
            }
        }

        private static DataTable Table(TextCursor cursor, int depth)
        {
            var table = new DataTable();
            cursor.Skip();
            SkipSpace(cursor);
            if (cursor.TryTake("}"))
            {
                return table;
            }

            do
            {
                SkipSpace(cursor);
                if (cursor.Next != '"')
                {
                    throw cursor.Wrong("expected a name in quotes");
                }

                var key = Text(cursor);
                SkipSpace(cursor);
                cursor.Expect(':');
                table[key] = Value(cursor, depth + 1);
                SkipSpace(cursor);
            }
            while (cursor.TryTake(","));
            cursor.Expect('}');
            return table;
        }

        private static List<object> Items(TextCursor cursor, int depth)
        {
            var items = new List<object>();
            cursor.Skip();
            SkipSpace(cursor);
            if (cursor.TryTake("]"))
            {
                return items;
            }

            do
            {
                items.Add(Value(cursor, depth + 1));
                SkipSpace(cursor);
            }
            while (cursor.TryTake(","));
            cursor.Expect(']');
            return items;
        }

        private static string Text(TextCursor cursor)
        {
            var text = new StringBuilder();
            for (cursor.Skip(); cursor.Next != '"'; )
            {
                if (cursor.Next < ' ')
                {
                    throw cursor.Wrong("a text is not closed");
                }

                var letter = cursor.Next;
                cursor.Skip();
                text.Append(letter == '\\' ? Escape(cursor) : letter);
            }

            cursor.Skip();
            return text.ToString();
        }

        private static char Escape(TextCursor cursor)
        {
            var letter = cursor.Next;
            cursor.Skip();
            switch (letter)
            {
                case 'b': return '\b';
                case 'f': return '\f';
                case 'n': return '\n';
                case 'r': return '\r';
                case 't': return '\t';
                case '"':
                case '\\':
                case '/': return letter;
                case 'u': return Code(cursor);
                default: throw cursor.Wrong($"'\\{letter}' is no escape");
            }
        }

        private static char Code(TextCursor cursor)
        {
            var digits = new string(new[] { cursor.Ahead(0), cursor.Ahead(1), cursor.Ahead(2), cursor.Ahead(3) });
            if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                throw cursor.Wrong("an escape is no character");
            }

            cursor.Skip(4);
            return (char)code;
        }

        private static object Word(TextCursor cursor)
        {
            var word = cursor.TakeWhile(letter => char.IsLetterOrDigit(letter) || letter == '-' || letter == '+' || letter == '.');
            if (word == "true" || word == "false")
            {
                return word == "true";
            }

            if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && word[0] != '+')
            {
                return whole;
            }

            const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            return word.Length > 0 && word[0] != '+' && decimal.TryParse(word, Number, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw cursor.Wrong("expected a text, a number, true, false, an array or an object");
        }

        private static void Write(StringBuilder text, object value)
        {
            switch (value)
            {
                case string written:
                    Quote(text, written);
                    break;
                case bool flag:
                    text.Append(flag ? "true" : "false");
                    break;
                case DataTable table:
                    Write(text, table);
                    break;
                case List<object> list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        text.Append(i > 0 ? ", " : "[");
                        Write(text, list[i]);
                    }

                    text.Append(list.Count > 0 ? "]" : "[]");
                    break;
                default:
                    text.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                    break;
            }
        }

        private static void Write(StringBuilder text, DataTable table)
        {
            text.Append('{');
            for (var i = 0; i < table.Keys.Count; i++)
            {
                text.Append(i > 0 ? ", " : string.Empty);
                Quote(text, table.Keys[i]);
                text.Append(": ");
                Write(text, table[table.Keys[i]]);
            }

            text.Append('}');
        }

        private static void Quote(StringBuilder text, string value)
        {
            text.Append('"');
            foreach (var letter in value)
            {
                switch (letter)
                {
                    case '"': text.Append("\\\""); break;
                    case '\\': text.Append("\\\\"); break;
                    case '\n': text.Append("\\n"); break;
                    case '\r': text.Append("\\r"); break;
                    case '\t': text.Append("\\t"); break;
                    default:
                        if (letter < ' ')
                        {
                            text.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
                        }
                        else
                        {
                            text.Append(letter);
                        }

                        break;
                }
            }

            text.Append('"');
        }
    }
}
