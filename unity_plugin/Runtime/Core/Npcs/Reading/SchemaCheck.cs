using System.Collections.Generic;
using System.Linq;

namespace FrameBridge
{
    /// <summary>
    /// Checks the JSON schema of an action's parameters: an object of few, plainly typed parameters, as the server takes
    /// it.
    /// </summary>
    internal sealed class SchemaCheck
    {
        private const int MostParameters = 16;
        private const int MostChoices = 64;
        private const int Deepest = 3;
        private const int LongestName = 64;
        private static readonly string[] Kinds = { "object", "array", "string", "integer", "number", "boolean" };
        private static readonly string[] Always = { "type", "description" };
        private static readonly Dictionary<string, string[]> Keys = new Dictionary<string, string[]>
        {
            ["object"] = new[] { "properties", "required", "additionalProperties" },
            ["array"] = new[] { "items", "minItems", "maxItems" },
            ["string"] = new[] { "enum", "minLength", "maxLength" },
            ["integer"] = new[] { "enum", "minimum", "maximum" },
            ["number"] = new[] { "minimum", "maximum" },
            ["boolean"] = new string[0],
        };

        private readonly List<string> _problems;

        private SchemaCheck(List<string> problems)
        {
            _problems = problems;
        }

        /// <summary>Adds a sentence for everything that is wrong with the parameters of an action.</summary>
        public static void Check(DataTable parameters, string place, List<string> problems)
        {
            new SchemaCheck(problems).Any(parameters, place, 0);
            if (parameters["type"] is string kind && kind != "object" && Keys.ContainsKey(kind))
            {
                problems.Add($"{place}.type: is {Hints.Shown(kind)}; use object");
            }
        }

        private void Any(object found, string place, int depth)
        {
            if (!(found is DataTable schema))
            {
                Add($"{place}: is {Hints.Called(found)}; use a table with a type");
                return;
            }

            if (!(schema["type"] is string kind) || !Keys.ContainsKey(kind))
            {
                var what = schema["type"] == null ? "is missing" : $"is {Hints.Shown(JsonWord(schema["type"]))}";
                Add($"{place}.type: {what}; use {string.Join(", ", Kinds)}");
                return;
            }

            if (depth > Deepest)
            {
                Add($"{place}: is nested deeper than {Deepest} levels; flatten it");
                return;
            }

            Known(schema, kind, place);
            Inside(schema, kind, place, depth);
            if (schema["description"] != null && !(schema["description"] is string))
            {
                Add($"{place}.description: is {Hints.Called(schema["description"])}; use a string");
            }

            if (schema["enum"] != null)
            {
                Choices(schema["enum"], $"{place}.enum", kind == "string");
            }

            Bounds(schema, place, "minimum", "maximum");
            Bounds(schema, place, "minLength", "maxLength");
            Bounds(schema, place, "minItems", "maxItems");
        }

        private void Known(DataTable schema, string kind, string place)
        {
            var known = Always.Concat(Keys[kind]).ToArray();
            foreach (var key in schema.Keys)
            {
                if (!known.Contains(key))
                {
                    Add($"{place}: unknown key {Hints.Shown(key)} of type {kind}; {Hints.Nearest(key, known)}");
                }
            }
        }

        private void Inside(DataTable schema, string kind, string place, int depth)
        {
            if (kind == "object")
            {
                Properties(schema, place, depth);
            }
            else if (kind == "array")
            {
                Any(schema["items"] ?? new DataTable(), $"{place}.items", depth + 1);
            }
        }

        private void Properties(DataTable schema, string place, int depth)
        {
            if (schema["additionalProperties"] != null && !(schema["additionalProperties"] is bool allows && !allows))
            {
                Add($"{place}.additionalProperties: leave it out; parameters that are not declared are never allowed");
            }

            var found = schema["properties"] ?? new DataTable();
            if (!(found is DataTable properties))
            {
                Add($"{place}.properties: is {Hints.Called(found)}; use a table of parameters");
                return;
            }

            if (properties.Keys.Count > MostParameters)
            {
                Add($"{place}.properties: has {properties.Keys.Count} entries; at most {MostParameters} are allowed");
            }

            foreach (var name in properties.Keys.Take(MostParameters))
            {
                if (!IsName(name))
                {
                    Add($"{place}.properties: {Hints.Shown(name)} is no name of a parameter; use letters, digits and _");
                }

                Any(properties[name], $"{place}.properties.{(name.Length > LongestName ? name.Substring(0, LongestName) : name)}", depth + 1);
            }

            Required(schema["required"] ?? new List<object>(), properties, place);
        }

        private void Required(object found, DataTable properties, string place)
        {
            if (!(found is List<object> required) || !required.All(name => name is string))
            {
                Add($"{place}.required: use an array of the names of parameters");
                return;
            }

            foreach (string name in required)
            {
                if (properties[name] == null)
                {
                    var hint = properties.Keys.Count > 0 ? Hints.Nearest(name, properties.Keys) : "declare it in properties";
                    Add($"{place}.required: {Hints.Shown(name)} is not declared; {hint}");
                }
            }
        }

        private void Choices(object found, string place, bool areTexts)
        {
            if (!(found is List<object> choices) || choices.Count == 0)
            {
                Add($"{place}: use an array of what may be chosen");
            }
            else if (choices.Count > MostChoices)
            {
                Add($"{place}: has {choices.Count} entries; at most {MostChoices} are allowed");
            }
            else if (choices.Any(choice => areTexts ? !(choice is string) : !(choice is long)))
            {
                Add($"{place}: every choice has to be {(areTexts ? "a string" : "a whole number")}, as the type says");
            }
        }

        private void Bounds(DataTable schema, string place, string low, string high)
        {
            var right = 0;
            foreach (var key in new[] { high, low }.OrderBy(key => key, System.StringComparer.Ordinal))
            {
                var bound = schema[key];
                if (bound == null || bound is long || (bound is decimal && low == "minimum"))
                {
                    right += bound == null ? 0 : 1;
                }
                else
                {
                    Add($"{place}.{key}: is {Hints.Called(bound)}; use a number");
                }
            }

            if (right == 2 && System.Convert.ToDecimal(schema[low]) > System.Convert.ToDecimal(schema[high]))
            {
                Add($"{place}.{low}: is above {high}; swap them");
            }
        }

        private static string JsonWord(object value) => value is string text ? text : JsonTree.Write(value);

        private static bool IsName(string name)
        {
            var isName = name.Length > 0 && name.Length <= LongestName && !(name[0] >= '0' && name[0] <= '9');
            foreach (var letter in name)
            {
                isName &= (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_';
            }

            return isName;
        }

        private void Add(string problem) => _problems.Add(problem);
    }
}
