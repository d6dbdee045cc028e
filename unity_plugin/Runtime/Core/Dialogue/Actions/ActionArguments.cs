using System;
using System.Collections.Generic;
using System.Globalization;

namespace FrameBridge
{
    /// <summary>
    /// The arguments of an action, read from their JSON when they are asked for. The server has checked them against the
    /// action's schema, so a required one is there, of its type. Only texts are garbage.
    /// </summary>
    public readonly struct ActionArguments
    {
        private readonly string _json;

        /// <summary>Reads arguments from a JSON object; null is the same as none.</summary>
        public ActionArguments(string json)
        {
            _json = json;
        }

        /// <summary>The arguments as JSON.</summary>
        public string Json => _json ?? "{}";

        /// <summary>Whether an argument is given.</summary>
        public bool Has(string name) => Find(name).Length > 0;

        /// <summary>A text.</summary>
        public string GetText(string name, string otherwise = "") => JsonValues.TextOf(Find(name)) ?? otherwise;

        /// <summary>A whole number.</summary>
        public int GetInt(string name, int otherwise = 0) =>
            int.TryParse(Find(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

        /// <summary>A number.</summary>
        public double GetNumber(string name, double otherwise = 0) => IsNumber(Find(name), out var number) ? number : otherwise;

        /// <summary>Yes or no.</summary>
        public bool GetBool(string name, bool otherwise = false)
        {
            var value = Find(name);
            return value.Length == 0 || (value[0] != 't' && value[0] != 'f') ? otherwise : value[0] == 't';
        }

        /// <summary>Which of these texts it is: an index, or -1.</summary>
        public int GetChoice(string name, IReadOnlyList<string> choices)
        {
            if (choices == null)
            {
                throw new ArgumentNullException(nameof(choices));
            }

            var value = Find(name);
            for (var i = 0; i < choices.Count; i++)
            {
                if (JsonValues.IsText(value, choices[i] ?? string.Empty))
                {
                    return i;
                }
            }

            return -1;
        }

        /// <summary>Adds the texts of an array to a list.</summary>
        public void GetTexts(string name, List<string> into)
        {
            if (into == null)
            {
                throw new ArgumentNullException(nameof(into));
            }

            var items = JsonValues.InArray(Find(name));
            while (items.TryTakeItem(out var item))
            {
                var text = JsonValues.TextOf(item);
                if (text != null)
                {
                    into.Add(text);
                }
            }
        }

        /// <summary>Adds the numbers of an array to a list.</summary>
        public void GetNumbers(string name, List<double> into)
        {
            if (into == null)
            {
                throw new ArgumentNullException(nameof(into));
            }

            var items = JsonValues.InArray(Find(name));
            while (items.TryTakeItem(out var item))
            {
                if (IsNumber(item, out var number))
                {
                    into.Add(number);
                }
            }
        }

        /// <summary>An object among the arguments; without any, if there is none of this name.</summary>
        public ActionArguments GetObject(string name)
        {
            var value = Find(name);
            return value.Length > 0 && value[0] == '{' ? new ActionArguments(value.ToString()) : default;
        }

        private static bool IsNumber(ReadOnlySpan<char> value, out double number)
        {
            const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            return double.TryParse(value, Style, CultureInfo.InvariantCulture, out number);
        }

        private ReadOnlySpan<char> Find(string name) =>
            name == null ? throw new ArgumentNullException(nameof(name)) : JsonValues.Find(_json.AsSpan(), name);
    }
}
