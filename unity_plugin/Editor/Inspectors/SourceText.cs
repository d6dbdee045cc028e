using System;
using System.Collections.Generic;
using System.Globalization;

namespace FrameBridge.Editor
{
    /// <summary>What a source of a sentence says: "wares[0].price" is "room: 7 silver a night".</summary>
    internal static class SourceText
    {
        private const int Longest = 140;

        /// <summary>Empty for what is no part of the character, such as "sum", and for what it has no more.</summary>
        public static string Of(string source, Npc npc, IReadOnlyList<string> memories)
        {
            var text = Split(source, out var table, out var number, out var rest) ? Text(npc, memories, table, number, rest) : null;
            return string.IsNullOrEmpty(text) ? string.Empty : text.Length <= Longest ? text : text.Substring(0, Longest) + "...";
        }

        private static string Text(Npc npc, IReadOnlyList<string> memories, string table, int number, string rest)
        {
            switch (table)
            {
                case "wares": return Of(At(npc.Wares, number), npc.Currency, rest);
                case "rates": return Of(At(npc.Rates, number));
                case "hours": return Of(At(npc.Hours, number));
                case "relations": return Of(At(npc.Relations, number));
                case "rules": return At(npc.Rules, number)?.Rule;
                case "facts": return At(npc.Facts, number)?.Text;
                case "lore": return At(npc.Lore, number)?.Text;
                case "lines": return Said(At(npc.Lines, number)?.Say, rest) ?? At(npc.Lines, number)?.Intent;
                case "refusals": return Said(At(npc.Refusals, number)?.Say, rest) ?? At(npc.Refusals, number)?.Topic;
                case "actions": return At(npc.Actions, number)?.Name;
                case "memory": return At(memories, number);
                default: return null;
            }
        }

        private static string Of(NpcWare ware, string currency, string rest)
        {
            if (ware == null || rest == ".stock")
            {
                return ware == null ? null : $"{ware.Item}: {ware.Stock} in stock";
            }

            var money = ware.Currency.Length > 0 ? ware.Currency : currency;
            return $"{ware.Item}: {ware.Price.ToString(CultureInfo.InvariantCulture)} {money} {ware.Unit}".TrimEnd();
        }

        private static string Of(NpcRate rate) =>
            rate == null ? null : $"one {rate.One} is worth {rate.Worth.ToString(CultureInfo.InvariantCulture)} {rate.Of}";

        private static string Of(NpcHours hours)
        {
            var closed = hours == null || hours.Closed.Length == 0 ? string.Empty : $", closed on {string.Join(", ", hours.Closed)}";
            return hours == null ? null : $"{hours.What}: {hours.Opens} to {hours.Closes}{closed}";
        }

        private static string Of(NpcRelation relation) => relation == null ? null : $"{relation.Who}, {relation.Role}: {relation.Note}";

        private static string Said(string[] say, string rest) =>
            Split(rest, out _, out var number, out _) && say != null ? At(say, number) : null;

        private static T At<T>(IReadOnlyList<T> items, int number) where T : class =>
            items != null && number < items.Count ? items[number] : null;

        /// <summary>"wares[0].price" is the table "wares", the number 0 and the rest ".price".</summary>
        private static bool Split(string source, out string table, out int number, out string rest)
        {
            var open = source.IndexOf('[');
            var close = open < 0 ? -1 : source.IndexOf(']', open);
            (table, number, rest) = (string.Empty, 0, string.Empty);
            if (close < 0 || !int.TryParse(source.Substring(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return false;
            }

            (table, rest) = (source.Substring(0, open), source.Substring(close + 1));
            return true;
        }
    }
}
