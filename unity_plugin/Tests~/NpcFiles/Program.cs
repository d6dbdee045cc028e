using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace FrameBridge.NpcFiles
{
    /// <summary>
    /// `FrameBridge.NpcFiles FOLDER` reads each *.toml of a folder. For each it prints a line of JSON: its name, what is wrong
    /// with it, and if nothing is, the file written anew and the message that goes over the wire, in base 64.
    /// </summary>
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            if (arguments.Length != 1)
            {
                Console.Error.WriteLine("usage: FrameBridge.NpcFiles FOLDER");
                return 2;
            }

            foreach (var path in Directory.EnumerateFiles(arguments[0], "*.toml").OrderBy(each => each, StringComparer.Ordinal))
            {
                Console.WriteLine(JsonSerializer.Serialize(Read(path)));
            }

            return 0;
        }

        private static Dictionary<string, object> Read(string path)
        {
            var name = Path.GetFileName(path);
            try
            {
                var npc = NpcFile.Read(File.ReadAllText(path), name);
                return new Dictionary<string, object>
                {
                    ["name"] = name,
                    ["problems"] = NpcFile.Check(npc),
                    ["again"] = NpcFile.Write(npc),
                    ["wire"] = Convert.ToBase64String(new EncodedNpc(npc).Bytes.Span),
                };
            }
            catch (NpcException error)
            {
                return new Dictionary<string, object> { ["name"] = name, ["problems"] = error.Problems };
            }
        }
    }
}
