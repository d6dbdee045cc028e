using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// What TOML and JSON have in common: names with values in their order. A value is a string, long, decimal, bool,
    /// DataTable or List of these.
    /// </summary>
    internal sealed class DataTable
    {
        private readonly Dictionary<string, object> _values = new Dictionary<string, object>();
        private readonly List<string> _keys = new List<string>();

        /// <summary>The names, in the order in which they were set.</summary>
        public IReadOnlyList<string> Keys => _keys;

        /// <summary>The value of a name; null if there is none.</summary>
        public object this[string key]
        {
            get => _values.TryGetValue(key, out var value) ? value : null;
            set
            {
                if (!_values.ContainsKey(key))
                {
                    _keys.Add(key);
                }

                _values[key] = value;
            }
        }

        /// <summary>Sets a text, unless it is empty.</summary>
        public void Put(string key, string text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                this[key] = text;
            }
        }

        /// <summary>Sets an array of texts, unless it is empty.</summary>
        public void Put(string key, string[] texts)
        {
            if (texts != null && texts.Length > 0)
            {
                var list = new List<object>(texts.Length);
                foreach (var text in texts)
                {
                    list.Add(text ?? string.Empty);
                }

                this[key] = list;
            }
        }
    }
}
