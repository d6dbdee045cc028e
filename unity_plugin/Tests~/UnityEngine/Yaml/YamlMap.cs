using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>Values by their names, in the order of the file.</summary>
    public sealed class YamlMap : YamlNode
    {
        private readonly Dictionary<string, YamlNode> _values = new Dictionary<string, YamlNode>();

        public List<string> Keys { get; } = new List<string>();

        /// <summary>The value of a name; null when there is none.</summary>
        public YamlNode this[string key]
        {
            get => _values.TryGetValue(key, out YamlNode found) ? found : null;

            set
            {
                if (!_values.ContainsKey(key))
                {
                    Keys.Add(key);
                }

                _values[key] = value;
            }
        }

        /// <summary>The text of a name's scalar; empty when there is none.</summary>
        public string TextOf(string key) => this[key]?.Text ?? string.Empty;

        /// <summary>The items of a name's list; none when it has no list.</summary>
        public IReadOnlyList<YamlNode> ListOf(string key) =>
            this[key] is YamlList list ? (IReadOnlyList<YamlNode>)list.Items : System.Array.Empty<YamlNode>();

        public override YamlNode Copy()
        {
            var copy = new YamlMap();
            foreach (string key in Keys)
            {
                copy[key] = _values[key].Copy();
            }

            return copy;
        }
    }
}
