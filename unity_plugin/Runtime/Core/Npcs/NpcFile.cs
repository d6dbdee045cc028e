using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// Reads and writes characters as the server's files, `npc/*.toml`, and checks them by the server's limits. Any thread.
    /// </summary>
    public static class NpcFile
    {
        private const int MostBytes = 4 << 20;
        private const int MostProblems = 100;

        /// <summary>
        /// The character in a text of TOML. <paramref name="origin"/>, such as the file's path, begins each sentence of the
        /// <see cref="NpcException"/> that says all that is wrong with it.
        /// </summary>
        public static Npc Read(string toml, string origin)
        {
            if (toml == null)
            {
                throw new ArgumentNullException(nameof(toml));
            }

            if (toml.Length > MostBytes)
            {
                throw new NpcException(new[] { $"{origin}: larger than {MostBytes >> 20} MiB; shorten it" });
            }

            var problems = new List<string>();
            try
            {
                var npc = NpcReader.Read(TomlReader.Read(toml), problems);
                return problems.Count == 0 ? npc : throw new NpcException(Told(problems, origin));
            }
            catch (FormatException error)
            {
                throw new NpcException(new[] { $"{origin}: not valid TOML: {error.Message}" });
            }
        }

        /// <summary>The character as a text of TOML. Throws <see cref="NpcException"/> with all that is wrong with it.</summary>
        public static string Write(Npc npc)
        {
            var problems = Check(npc);
            return problems.Count == 0 ? TomlWriter.Write(NpcTables.Of(npc, new List<string>())) : throw new NpcException(problems);
        }

        /// <summary>
        /// What is wrong with a character, and where: a sentence for each problem, as the server would say it; at most 100.
        /// </summary>
        public static IReadOnlyList<string> Check(Npc npc)
        {
            if (npc == null)
            {
                throw new ArgumentNullException(nameof(npc));
            }

            var problems = new List<string>();
            NpcReader.Read(NpcTables.Of(npc, problems), problems);
            return problems.Count > MostProblems ? problems.GetRange(0, MostProblems) : problems;
        }

        private static string[] Told(List<string> problems, string origin)
        {
            var count = Math.Min(MostProblems, problems.Count);
            var told = new List<string>();
            for (var i = 0; i < count; i++)
            {
                told.Add($"{origin}: {problems[i]}");
            }

            if (problems.Count > count)
            {
                told.Add($"{origin}: and {problems.Count - count} more");
            }

            return told.ToArray();
        }
    }
}
