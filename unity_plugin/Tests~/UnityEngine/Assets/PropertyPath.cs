using System.Globalization;

namespace UnityEngine.Stub
{
    /// <summary>Where a modification goes: names with dots; `Array.data[2]` for an item of a list, `Array.size` for its length.</summary>
    internal sealed class PropertyPath
    {
        private const string Item = "data[";
        private readonly string[] _steps;

        internal PropertyPath(string path) => _steps = path.Split('.');

        internal void Set(YamlMap body, YamlNode value)
        {
            YamlNode at = body;
            for (int i = 0; i < _steps.Length - 1; i++)
            {
                if (_steps[i] != "Array")
                {
                    at = Step(at, _steps[i], _steps[i + 1]);
                }
            }

            string last = _steps[_steps.Length - 1];
            if (last == "size")
            {
                Resize((YamlList)at, int.Parse(value.Text, CultureInfo.InvariantCulture));
            }
            else if (at is YamlList list)
            {
                int index = IndexOf(last);
                Resize(list, System.Math.Max(index + 1, list.Items.Count));
                list.Items[index] = value;
            }
            else
            {
                ((YamlMap)at)[last] = value;
            }
        }

        private static int IndexOf(string step) =>
            int.Parse(step.Substring(Item.Length, step.Length - Item.Length - 1), CultureInfo.InvariantCulture);

        private static YamlNode Step(YamlNode at, string name, string next)
        {
            if (at is YamlList list)
            {
                int index = IndexOf(name);
                Resize(list, System.Math.Max(index + 1, list.Items.Count));
                return list.Items[index] is YamlMap ? list.Items[index] : list.Items[index] = new YamlMap();
            }

            var map = (YamlMap)at;
            bool fits = next == "Array" ? map[name] is YamlList : map[name] is YamlMap;
            return fits ? map[name] : map[name] = next == "Array" ? (YamlNode)new YamlList() : new YamlMap();
        }

        /// <summary>A list that grows repeats its last item, as the editor's does.</summary>
        private static void Resize(YamlList list, int count)
        {
            while (list.Items.Count > count)
            {
                list.Items.RemoveAt(list.Items.Count - 1);
            }

            while (list.Items.Count < count)
            {
                list.Items.Add(list.Items.Count > 0 ? list.Items[list.Items.Count - 1].Copy() : new YamlScalar(string.Empty));
            }
        }
    }
}
