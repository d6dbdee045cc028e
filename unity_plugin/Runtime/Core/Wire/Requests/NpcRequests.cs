using System;

namespace FrameBridge
{
    /// <summary>Writes a character as a `say` carries it.</summary>
    internal static class NpcRequests
    {
        private const double Hundredths = 100;
        private const double Micros = 1e6;

        public static void Write(WireWriter writer, Npc npc)
        {
            Each(writer, 20, npc.Refusals, refusal => Said(writer, refusal.Topic, refusal.Examples, refusal.Say));
            Each(writer, 19, npc.Actions, action => Action(writer, action));
            Each(writer, 18, npc.Lines, line => Said(writer, line.Intent, line.Examples, line.Say));
            Each(writer, 17, npc.Lore, lore => Two(writer, lore.Title, lore.Text));
            Each(writer, 16, npc.Facts, fact => Two(writer, fact.About, fact.Text));
            Each(writer, 15, npc.Rules, rule => Rule(writer, rule));
            Each(writer, 14, npc.Relations, relation => Relation(writer, relation));
            Each(writer, 13, npc.Hours, hours => Hours(writer, hours));
            Each(writer, 12, npc.Rates, rate => Rate(writer, rate));
            Each(writer, 11, npc.Wares, ware => Ware(writer, ware));
            writer.Text(10, npc.CurrencyPlural);
            writer.Text(9, npc.Currency);
            Texts(writer, 8, npc.Goals);
            writer.Text(7, npc.Voice);
            writer.Text(6, npc.Style);
            writer.Text(5, npc.Persona);
            writer.Text(4, npc.Place);
            writer.Text(3, npc.Trade);
            writer.Text(2, npc.Name);
            writer.Text(1, npc.Id);
        }

        /// <summary>Texts of a repeated field.</summary>
        public static void Texts(WireWriter writer, int field, System.Collections.Generic.IReadOnlyList<string> texts)
        {
            for (var i = (texts?.Count ?? 0) - 1; i >= 0; i--)
            {
                writer.TextAlways(field, texts[i] ?? string.Empty);
            }
        }

        private static void Each<T>(WireWriter writer, int field, T[] items, Action<T> write)
            where T : class
        {
            for (var i = (items?.Length ?? 0) - 1; i >= 0; i--)
            {
                var mark = writer.Length;
                if (items[i] != null)
                {
                    write(items[i]);
                }

                writer.Close(field, mark);
            }
        }

        private static void Ware(WireWriter writer, NpcWare ware)
        {
            if (ware.HasStock)
            {
                writer.NumberAlways(7, ware.Stock);
            }

            writer.Text(6, ware.CurrencyPlural);
            writer.Text(5, ware.Currency);
            writer.Number(4, Rounded(ware.Price, Hundredths));
            writer.Text(3, ware.Unit);
            writer.Text(2, ware.Plural);
            writer.Text(1, ware.Item);
        }

        private static void Rate(WireWriter writer, NpcRate rate)
        {
            writer.Text(5, rate.OfPlural);
            writer.Text(4, rate.Of);
            writer.Number(3, Rounded(rate.Worth, Hundredths));
            writer.Text(2, rate.OnePlural);
            writer.Text(1, rate.One);
        }

        private static void Hours(WireWriter writer, NpcHours hours)
        {
            if (hours.Plural != NpcPlural.ByName)
            {
                writer.NumberAlways(6, hours.Plural == NpcPlural.Several ? 1 : 0);
            }

            writer.Text(5, hours.Why);
            Texts(writer, 4, hours.Closed);
            writer.Text(3, hours.Closes);
            writer.Text(2, hours.Opens);
            writer.Text(1, hours.What);
        }

        private static void Relation(WireWriter writer, NpcRelation relation)
        {
            writer.Text(3, relation.Note);
            Two(writer, relation.Who, relation.Role);
        }

        private static void Rule(WireWriter writer, NpcRule rule)
        {
            writer.Text(3, rule.Why);
            Texts(writer, 2, rule.Who);
            writer.Text(1, rule.Rule);
        }

        private static void Two(WireWriter writer, string one, string other)
        {
            writer.Text(2, other);
            writer.Text(1, one);
        }

        private static void Said(WireWriter writer, string name, string[] examples, string[] say)
        {
            Texts(writer, 3, say);
            Texts(writer, 2, examples);
            writer.Text(1, name);
        }

        private static void Action(WireWriter writer, NpcAction action)
        {
            writer.Number(7, (int)action.Policy);
            writer.Number(6, Rounded(action.TimeoutSeconds, Micros));
            Texts(writer, 5, action.Examples);
            Texts(writer, 4, action.Who);
            writer.Text(3, action.ParametersJson);
            writer.Text(2, action.Description);
            writer.Text(1, action.Name);
        }

        private static long Rounded(double number, double unit) => (long)Math.Round(number * unit);
    }
}
