using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// Reads TOML 1.0 without dates and times, which the file of a character has no use for. Throws
    /// <see cref="FormatException"/> with the place of what is wrong.
    /// </summary>
    internal sealed class TomlReader
    {
        private readonly TextCursor _cursor;
        private readonly TomlValues _values;
        private readonly TomlTables _tables = new TomlTables();

        private TomlReader(string text)
        {
            _cursor = new TextCursor(text);
            _values = new TomlValues(_cursor, _tables);
        }

        public static DataTable Read(string text)
        {
            var reader = new TomlReader(text);
            reader.ReadAll();
            return reader._tables.Root;
        }

        private void ReadAll()
        {
            var table = _tables.Root;
            for (_values.SkipBlankLines(); !_cursor.IsAtEnd; _values.SkipBlankLines())
            {
                if (_cursor.TryTake("[["))
                {
                    table = Header("]]", isArray: true);
                }
                else if (_cursor.TryTake("["))
                {
                    table = Header("]", isArray: false);
                }
                else
                {
                    _values.ReadPair(table);
                }

                EndLine();
            }
        }

        private DataTable Header(string closing, bool isArray)
        {
            List<string> keys = _values.Keys();
            if (!_cursor.TryTake(closing))
            {
                throw _cursor.Wrong($"expected '{closing}' at the end of a table's name");
            }

            return _tables.Declare(keys, isArray, _cursor);
        }

        private void EndLine()
        {
            _values.SkipBlanks();
            _values.SkipComment();
            if (!_cursor.IsAtEnd && _cursor.Next != '\n' && !_cursor.StartsWith("\r\n"))
            {
                throw _cursor.Wrong("expected the end of the line");
            }
        }
    }
}
