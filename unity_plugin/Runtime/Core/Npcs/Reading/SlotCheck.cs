using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Checks the slots of an author's line: "Evening, {player}."</summary>
    internal static class SlotCheck
    {
        private static readonly string[] Slots = { "player", "name", "item", "price", "stock" };

        /// <summary>What is wrong with the slots of a line, a sentence each.</summary>
        public static IEnumerable<string> Problems(string line)
        {
            var isBroken = false;
            for (var at = 0; at < line.Length; at++)
            {
                if (line[at] != '{' || !TryRead(line, at, out var name))
                {
                    isBroken |= line[at] == '{' || line[at] == '}';
                    continue;
                }

                at += name.Length + 1;
                if (System.Array.IndexOf(Slots, name) < 0)
                {
                    yield return $"unknown slot {Hints.Shown("{" + name + "}")}; {Hints.Nearest(name, Slots)}";
                }
            }

            if (isBroken)
            {
                yield return "a brace has no partner; slots are written {player}, and other braces are not allowed";
            }
        }

        private static bool TryRead(string line, int at, out string name)
        {
            var end = at + 1;
            while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] == '_'))
            {
                end++;
            }

            name = line.Substring(at + 1, end - at - 1);
            return end < line.Length && line[end] == '}';
        }
    }
}
