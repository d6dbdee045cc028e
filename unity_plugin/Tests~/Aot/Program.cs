using System;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Runs the end-to-end suite in a program compiled ahead of time: `FrameBridge.Aot ADDRESS`.</summary>
    internal static class Program
    {
        private static async Task<int> Main(string[] arguments)
        {
            if (arguments.Length != 1)
            {
                Console.Error.WriteLine("usage: FrameBridge.Aot ADDRESS, that of a server started with `framebridge serve`");
                return 2;
            }

            var failures = 0;
            foreach (var (name, body) in EndToEndSuite.All)
            {
                try
                {
                    await body(arguments[0]).ConfigureAwait(false);
                    Console.WriteLine($"passed {name}");
                }
                catch (Exception error)
                {
                    failures++;
                    Console.WriteLine($"FAILED {name}: {error}");
                }
            }

            Console.WriteLine($"{EndToEndSuite.All.Count - failures} of {EndToEndSuite.All.Count} passed");
            return failures == 0 ? 0 : 1;
        }
    }
}
