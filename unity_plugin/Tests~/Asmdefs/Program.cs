using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// Compiles the asmdefs of Unity projects: Asmdefs [--define SYMBOL]... [--target NAME] [--json] PROJECT... Each
    /// symbol is tried on and off; --target selects the targets whose names contain it.
    /// </summary>
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            var settable = new HashSet<string>();
            var folders = new List<string>();
            string target = string.Empty;
            bool asJson = false;
            for (int i = 0; i < arguments.Length; i++)
            {
                if (arguments[i] == "--define" && i + 1 < arguments.Length)
                {
                    settable.Add(arguments[++i]);
                }
                else if (arguments[i] == "--target" && i + 1 < arguments.Length)
                {
                    target = arguments[++i];
                }
                else if (arguments[i] == "--json")
                {
                    asJson = true;
                }
                else
                {
                    folders.Add(arguments[i]);
                }
            }

            try
            {
                return Run(new Lane(settable, target), folders, asJson);
            }
            catch (LaneException error)
            {
                Console.Error.WriteLine(error.Message);
                return 2;
            }
        }

        private static int Run(Lane lane, IReadOnlyList<string> folders, bool asJson)
        {
            foreach (string folder in folders)
            {
                lane.Run(folder);
            }

            List<Findings> findings = lane.Findings.OrderBy(one => one.Name, StringComparer.Ordinal).ToList();
            if (asJson)
            {
                Console.WriteLine(JsonSerializer.Serialize(findings, new JsonSerializerOptions { WriteIndented = true }));
            }
            else
            {
                Write(findings, lane.Compiler.Runs);
            }

            return findings.Count == 0 || findings.Any(one => one.Faults.Any()) ? 1 : 0;
        }

        private static void Write(IEnumerable<Findings> findings, int runs)
        {
            foreach (Findings one in findings)
            {
                Console.WriteLine($"{one.Name}: {one.Compiled.Count()} combinations compiled, {one.NotCompiled.Count()} not compiled in Unity");
                WriteAll("  + ", one.Compiled);
                WriteAll("  - ", one.NotCompiled);
                WriteAll("  never found: ", one.NeverFound);
                WriteAll("  ", one.Faults);
            }

            Console.WriteLine($"{runs} compilations, {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0.0} s of processor time");
        }

        private static void WriteAll(string lead, IEnumerable<string> lines)
        {
            foreach (string line in lines.Where(line => line.Length > 0))
            {
                Console.WriteLine(lead + line);
            }
        }
    }
}
