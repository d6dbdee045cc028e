using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Reads one table key by key, and collects a sentence for everything that is wrong with it. A harmless value is
    /// returned in its place. A key is known once it has been asked for; <see cref="Close"/> reports all others.
    /// </summary>
    internal sealed class TableReader
    {
        private const int MostWhole = 1_000_000_000;
        private readonly DataTable _found;
        private readonly string _place;
        private readonly List<string> _known = new List<string>();

        public TableReader(DataTable found, string place, List<string> problems)
        {
            _found = found;
            _place = place;
            Problems = problems;
        }

        public List<string> Problems { get; }

        /// <summary>Reports what is wrong with a key, and how to mend it.</summary>
        public void Wrong(string key, string what) => Problems.Add($"{At(key)}: {what}");

        /// <summary>Where a key is: `wares[2].price`.</summary>
        public string At(string key) => _place.Length > 0 ? $"{_place}.{key}" : key;

        /// <summary>A string of one line, white space collapsed; empty if it is missing.</summary>
        public string Text(string key, int most, bool required = true, string example = "text") =>
            Get<string>(key, $"a string, such as {key} = \"{example}\"", required) is string text ? Checked(key, text, most) : string.Empty;

        /// <summary>An array of strings of at most <paramref name="each"/> characters.</summary>
        public string[] Texts(string key, int most, int each, int least = 0, string example = "text")
        {
            var found = (List<object>)Get<List<object>>(key, $"an array of strings, such as {key} = [\"{example}\"]", least > 0);
            if (found == null)
            {
                return Array.Empty<string>();
            }

            if (found.Count < least || found.Count > most)
            {
                Wrong(key, $"has {found.Count} entries; use {Math.Max(1, least)} to {most}");
            }

            var texts = new List<string>();
            for (var i = 0; i < found.Count && i < most; i++)
            {
                if (found[i] is string text)
                {
                    texts.Add(Checked($"{key}[{i}]", text, each));
                }
                else
                {
                    Wrong($"{key}[{i}]", $"is {Hints.Called(found[i])}; use a string");
                }
            }

            return texts.ToArray();
        }

        /// <summary>A boolean; null if it is missing.</summary>
        public bool? Flag(string key) => Get<bool>(key, $"a boolean, such as {key} = true", required: false) is bool flag ? flag : (bool?)null;

        /// <summary>A whole number that is not negative; null if it is missing or wrong.</summary>
        public int? Whole(string key, int example)
        {
            if (!(Get<long>(key, $"a whole number, such as {key} = {example}", required: false) is long found))
            {
                return null;
            }

            if (found >= 0 && found <= MostWhole)
            {
                return (int)found;
            }

            Wrong(key, $"is {Written(found)}; use 0 to {MostWhole}");
            return null;
        }

        /// <summary>A whole number or one with at most two decimal places, not negative; null if it is missing or wrong.</summary>
        public decimal? Amount(string key, int example)
        {
            var wanted = $"a number, such as {key} = {example}";
            var found = Either(key);
            if (found == null)
            {
                Wrong(key, $"is missing; write {wanted}");
                return null;
            }

            if (!(found is long) && !(found is decimal) && !(found is double))
            {
                Wrong(key, $"is {Hints.Called(found)}; use {wanted}");
                return null;
            }

            if (!(found is double) && Convert.ToDecimal(found, CultureInfo.InvariantCulture) is var value && value >= 0 && value <= MostWhole)
            {
                if (value == decimal.Round(value, 2))
                {
                    return value;
                }

                Wrong(key, $"is {Written(value)}; use at most two decimal places");
                return null;
            }

            Wrong(key, $"is {Written(found)}; use 0 to {MostWhole}");
            return null;
        }

        /// <summary>A table as it is; null if it is missing.</summary>
        public DataTable Table(string key) => (DataTable)Get<DataTable>(key, $"a table, such as [{At(key)}]", required: false);

        /// <summary>An array of tables: `[[wares]]`.</summary>
        public IEnumerable<TableReader> Tables(string key, int most)
        {
            var found = (List<object>)Get<List<object>>(key, $"an array of tables: [[{key}]]", required: false) ?? new List<object>();
            if (found.Count > most)
            {
                Wrong(key, $"has {found.Count} entries; at most {most} are allowed");
            }

            var made = new List<TableReader>();
            for (var i = 0; i < found.Count && i < most; i++)
            {
                var place = $"{At(key)}[{i}]";
                if (found[i] is DataTable table)
                {
                    made.Add(new TableReader(table, place, Problems));
                }
                else
                {
                    Problems.Add($"{place}: is {Hints.Called(found[i])}; write it as a table under [[{key}]]");
                }
            }

            return made;
        }

        /// <summary>Whatever is there, for a key of several kinds; null if it is missing.</summary>
        public object Either(string key)
        {
            if (!_known.Contains(key))
            {
                _known.Add(key);
            }

            return _found[key];
        }

        /// <summary>Reports every key that was not asked for.</summary>
        public void Close()
        {
            foreach (var key in _found.Keys)
            {
                if (!_known.Contains(key))
                {
                    var where = _place.Length > 0 ? _place + ": " : string.Empty;
                    Problems.Add($"{where}unknown key {Hints.Shown(key)}; {Hints.Nearest(key, _known)}");
                }
            }
        }

        /// <summary>White space between words as one blank, none around them: what Python's split counts as such.</summary>
        private static string Collapsed(string text)
        {
            var words = new StringBuilder(text.Length);
            var isGap = false;
            foreach (var letter in text)
            {
                if (char.IsWhiteSpace(letter) || (letter >= '\u001c' && letter <= '\u001f'))
                {
                    isGap = words.Length > 0;
                    continue;
                }

                words.Append(isGap ? " " : string.Empty).Append(letter);
                isGap = false;
            }

            return words.ToString();
        }

        private static bool TryFindControl(string text, out int code)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var isPair = char.IsSurrogatePair(text, i);
                code = isPair ? char.ConvertToUtf32(text, i) : text[i];
                switch (CharUnicodeInfo.GetUnicodeCategory(text, i))
                {
                    case UnicodeCategory.Control:
                    case UnicodeCategory.Format:
                    case UnicodeCategory.PrivateUse:
                    case UnicodeCategory.Surrogate:
                        return true;
                }

                i += isPair ? 1 : 0;
            }

            code = 0;
            return false;
        }

        private static string Written(object number) => ((IFormattable)number).ToString(null, CultureInfo.InvariantCulture);

        /// <summary>A value of a kind; null if it is missing or of another one.</summary>
        private object Get<T>(string key, string wanted, bool required)
        {
            var found = Either(key);
            if (found == null && required)
            {
                Wrong(key, $"is missing; write {wanted}");
            }
            else if (found != null && !(found is T))
            {
                Wrong(key, $"is {Hints.Called(found)}; use {wanted}");
                return null;
            }

            return found;
        }

        private string Checked(string key, string found, int most)
        {
            var text = Collapsed(found);
            if (text.Length == 0)
            {
                Wrong(key, "is empty; write it out or leave the key out");
            }
            else if (Hints.Length(text) > most)
            {
                Wrong(key, $"has {Hints.Length(text)} characters; at most {most} are allowed");
            }
            else if (TryFindControl(text, out var code))
            {
                Wrong(key, $"holds the control character U+{code:X4}; leave it out");
            }

            return text;
        }
    }
}
