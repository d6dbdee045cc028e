using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>A character as the table of its file.</summary>
    internal static class NpcTables
    {
        private static readonly string[] Policies = { string.Empty, string.Empty, "replace", "drop" }; // queue is the default

        /// <summary>The table; <paramref name="problems"/> gets a sentence for parameters that are no JSON.</summary>
        public static DataTable Of(Npc npc, List<string> problems)
        {
            var table = new DataTable();
            table.Put("id", npc.Id);
            table.Put("name", npc.Name);
            table.Put("trade", npc.Trade);
            table.Put("place", npc.Place);
            table.Put("persona", npc.Persona);
            table.Put("style", npc.Style);
            table.Put("voice", npc.Voice);
            table.Put("goals", npc.Goals);
            table.Put("currency", npc.Currency);
            table.Put("currency_plural", npc.CurrencyPlural);
            Each(table, "wares", npc.Wares, Ware);
            Each(table, "rates", npc.Rates, Rate);
            Each(table, "hours", npc.Hours, Hours);
            Each(table, "relations", npc.Relations, Relation);
            Each(table, "rules", npc.Rules, Rule);
            Each(table, "facts", npc.Facts, (fact, made) => Two(made, "about", fact.About, "text", fact.Text));
            Each(table, "lore", npc.Lore, (lore, made) => Two(made, "title", lore.Title, "text", lore.Text));
            Each(table, "lines", npc.Lines, (line, made) => Said(made, "intent", line.Intent, line.Examples, line.Say));
            Actions(table, npc.Actions, problems);
            Each(table, "refusals", npc.Refusals, (refusal, made) => Said(made, "topic", refusal.Topic, refusal.Examples, refusal.Say));
            return table;
        }

        private static void Each<T>(DataTable table, string key, T[] items, Action<T, DataTable> fill)
            where T : class, new()
        {
            var list = new List<object>();
            foreach (var item in items ?? Array.Empty<T>())
            {
                var made = new DataTable();
                fill(item ?? new T(), made);
                list.Add(made);
            }

            if (list.Count > 0)
            {
                table[key] = list;
            }
        }

        private static void Ware(NpcWare ware, DataTable table)
        {
            table.Put("item", ware.Item);
            table.Put("plural", ware.Plural);
            table.Put("unit", ware.Unit);
            table["price"] = Amount(ware.Price);
            table.Put("currency", ware.Currency);
            table.Put("currency_plural", ware.CurrencyPlural);
            if (ware.HasStock)
            {
                table["stock"] = (long)ware.Stock;
            }
        }

        private static void Rate(NpcRate rate, DataTable table)
        {
            table.Put("one", rate.One);
            table.Put("one_plural", rate.OnePlural);
            table["worth"] = Amount(rate.Worth);
            table.Put("of", rate.Of);
            table.Put("of_plural", rate.OfPlural);
        }

        private static void Hours(NpcHours hours, DataTable table)
        {
            table.Put("what", hours.What);
            table.Put("opens", hours.Opens);
            table.Put("closes", hours.Closes);
            table.Put("closed", hours.Closed);
            table.Put("why", hours.Why);
            if (hours.Plural != NpcPlural.ByName)
            {
                table["plural"] = hours.Plural == NpcPlural.Several;
            }
        }

        private static void Relation(NpcRelation relation, DataTable table)
        {
            table.Put("who", relation.Who);
            table.Put("is", relation.Role);
            table.Put("note", relation.Note);
        }

        private static void Rule(NpcRule rule, DataTable table)
        {
            table.Put("rule", rule.Rule);
            table.Put("who", rule.Who);
            table.Put("why", rule.Why);
        }

        private static void Two(DataTable table, string key, string text, string otherKey, string other)
        {
            table.Put(key, text);
            table.Put(otherKey, other);
        }

        private static void Said(DataTable table, string key, string name, string[] examples, string[] say)
        {
            table.Put(key, name);
            table.Put("examples", examples);
            table.Put("say", say);
        }

        private static void Actions(DataTable table, NpcAction[] actions, List<string> problems)
        {
            var number = 0;
            Each(table, "actions", actions, (action, made) => Action(action, made, $"actions[{number++}].parameters", problems));
        }

        private static void Action(NpcAction action, DataTable table, string place, List<string> problems)
        {
            table.Put("name", action.Name);
            table.Put("description", action.Description);
            table.Put("who", action.Who);
            table.Put("examples", action.Examples);
            if (action.TimeoutSeconds != 0)
            {
                table["timeout"] = Amount(action.TimeoutSeconds);
            }

            table.Put("policy", Policies[(int)action.Policy & 3]);
            if (string.IsNullOrWhiteSpace(action.ParametersJson))
            {
                return;
            }

            try
            {
                table["parameters"] = JsonTree.Read(action.ParametersJson);
            }
            catch (FormatException error)
            {
                problems.Add($"{place}: is no JSON: {error.Message}");
            }
        }

        /// <summary>As the file has it; what no file can have stays, and is reported.</summary>
        private static object Amount(double number)
        {
            if (double.IsNaN(number) || Math.Abs(number) > 1e15)
            {
                return number;
            }

            return number == Math.Floor(number) ? (object)(long)number : (decimal)number;
        }
    }
}
