using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>How alike two names are, by Ratcliff and Obershelp, as Python's difflib measures it for the server.</summary>
    internal static class Likeness
    {
        private const double Least = 0.6;

        /// <summary>The most alike of the known names; null if none is alike.</summary>
        public static string Closest(string name, IReadOnlyList<string> known)
        {
            string closest = null;
            var most = Least;
            foreach (var each in known)
            {
                var ratio = Of(each, name);
                if (ratio > most || (ratio >= most && (closest == null || string.CompareOrdinal(each, closest) > 0)))
                {
                    closest = each;
                    most = ratio;
                }
            }

            return closest;
        }

        /// <summary>From 0 to 1.</summary>
        public static double Of(string one, string other) => one.Length + other.Length == 0
            ? 1
            : 2.0 * Matches(one, 0, one.Length, other, 0, other.Length) / (one.Length + other.Length);

        /// <summary>The letters of the longest common run, and of those before and behind it.</summary>
        private static int Matches(string one, int from, int to, string other, int otherFrom, int otherTo)
        {
            var (at, otherAt, length) = Longest(one, from, to, other, otherFrom, otherTo);
            return length == 0
                ? 0
                : length + Matches(one, from, at, other, otherFrom, otherAt) + Matches(one, at + length, to, other, otherAt + length, otherTo);
        }

        private static (int At, int OtherAt, int Length) Longest(string one, int from, int to, string other, int otherFrom, int otherTo)
        {
            var best = (At: from, OtherAt: otherFrom, Length: 0);
            for (var i = from; i < to; i++)
            {
                for (var j = otherFrom; j < otherTo; j++)
                {
                    var length = 0;
                    while (i + length < to && j + length < otherTo && one[i + length] == other[j + length])
                    {
                        length++;
                    }

                    best = length > best.Length ? (i, j, length) : best;
                }
            }

            return best;
        }
    }
}
