using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>Values in their order.</summary>
    public sealed class YamlList : YamlNode
    {
        public List<YamlNode> Items { get; } = new List<YamlNode>();

        public override YamlNode Copy()
        {
            var copy = new YamlList();
            foreach (YamlNode item in Items)
            {
                copy.Items.Add(item.Copy());
            }

            return copy;
        }
    }
}
