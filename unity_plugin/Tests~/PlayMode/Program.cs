using System;
using System.Globalization;

namespace FrameBridge.PlayMode
{
    /// <summary>
    /// Enters and leaves play mode with live streams against a real server, repeatedly, and reports leaks: dotnet run
    /// -- ADDRESS [--cycles 300] [--avatars 4] [--parts avatar,dialogue,camera,runner] [--keep-statics] Each cycle loads the
    /// package's assemblies and a small game into a collectible context, as a reload of the domain does; afterwards the
    /// context has to die and the process's sockets have to be as many as before. With --keep-statics the context
    /// stays, as in an editor that does not reload the domain. A runner needs the server of tests/unity/server.py. Prints
    /// one line of JSON; exit code 1 for a leak.
    /// </summary>
    internal static class Program
    {
        private static int Main(string[] arguments)
        {
            if (arguments.Length == 0 || arguments[0].StartsWith("--", StringComparison.Ordinal))
            {
                Console.Error.WriteLine(
                    "usage: ADDRESS [--cycles 300] [--avatars 4] [--parts avatar,dialogue,camera,runner] [--keep-statics]");
                return 2;
            }

            var cycles = new Cycles(
                arguments[0], Number(arguments, "--avatars", 4), Text(arguments, "--parts", "avatar,dialogue,camera"));
            Findings findings = Array.IndexOf(arguments, "--keep-statics") >= 0
                ? cycles.KeepStatics(Number(arguments, "--cycles", 300))
                : cycles.Reload(Number(arguments, "--cycles", 300));
            Console.WriteLine(findings.ToJson());
            return findings.IsClean ? 0 : 1;
        }

        private static string Text(string[] arguments, string name, string otherwise)
        {
            int at = Array.IndexOf(arguments, name);
            return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
        }

        private static int Number(string[] arguments, string name, int otherwise) =>
            int.Parse(Text(arguments, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
    }
}
