using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>The tables of a text of TOML as they are declared, and what may be added to each of them.</summary>
    internal sealed class TomlTables
    {
        private readonly HashSet<object> _declared = new HashSet<object>(); // by a header of their own
        private readonly HashSet<object> _closed = new HashSet<object>(); // inline tables and arrays, and dotted keys

        public DataTable Root { get; } = new DataTable();

        /// <summary>The table of a header: [a.b], or a new one of the array [[a.b]].</summary>
        public DataTable Declare(List<string> keys, bool isArray, TextCursor cursor)
        {
            var parent = Root;
            for (var i = 0; i < keys.Count - 1; i++)
            {
                parent = Inside(parent, keys[i], cursor);
            }

            var last = keys[keys.Count - 1];
            return isArray ? Append(parent, last, cursor) : Define(parent, last, cursor);
        }

        /// <summary>Sets the value of a key, dotted or not.</summary>
        public void Set(DataTable table, List<string> keys, object value, TextCursor cursor)
        {
            for (var i = 0; i < keys.Count - 1; i++)
            {
                var inner = table[keys[i]];
                if (inner == null)
                {
                    table[keys[i]] = inner = new DataTable();
                    _declared.Add(inner); // no header may declare it again
                }
                else if (!(inner is DataTable) || _closed.Contains(inner))
                {
                    throw Twice(keys[i], cursor);
                }

                table = (DataTable)inner;
            }

            var last = keys[keys.Count - 1];
            if (table[last] != null)
            {
                throw Twice(last, cursor);
            }

            table[last] = value;
        }

        /// <summary>Nothing may be added to an inline table or array.</summary>
        public void Close(object inline) => _closed.Add(inline);

        private static System.FormatException Twice(string key, TextCursor cursor) => cursor.Wrong($"'{key}' is there twice");

        private DataTable Inside(DataTable parent, string key, TextCursor cursor)
        {
            var inner = parent[key];
            if (inner == null)
            {
                parent[key] = inner = new DataTable();
            }

            if (!_closed.Contains(inner) && inner is List<object> list)
            {
                inner = list[list.Count - 1];
            }

            return inner is DataTable table && !_closed.Contains(inner) ? table : throw Twice(key, cursor);
        }

        private DataTable Define(DataTable parent, string key, TextCursor cursor)
        {
            var inner = parent[key];
            if (inner == null)
            {
                parent[key] = inner = new DataTable();
            }

            if (!(inner is DataTable table) || _closed.Contains(inner) || !_declared.Add(inner))
            {
                throw Twice(key, cursor);
            }

            return table;
        }

        private DataTable Append(DataTable parent, string key, TextCursor cursor)
        {
            var inner = parent[key];
            if (inner == null)
            {
                parent[key] = inner = new List<object>();
            }

            if (!(inner is List<object> list) || _closed.Contains(inner))
            {
                throw Twice(key, cursor);
            }

            var table = new DataTable();
            _declared.Add(table);
            list.Add(table);
            return table;
        }
    }
}
