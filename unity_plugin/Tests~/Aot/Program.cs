using System;
using System.Linq;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>
    /// Runs the end-to-end suite in a program compiled ahead of time: `FrameBridge.Aot ADDRESS`, and with `before-3` what a
    /// server older than minor 3 can answer.
    /// </summary>
    internal static class Program
    {
        private static async Task<int> Main(string[] arguments)
        {
            if (arguments.Length is < 1 or > 2)
            {
                Console.Error.WriteLine("usage: FrameBridge.Aot ADDRESS [before-3], the address of a server started with `framebridge serve`");
                return 2;
            }

            var failures = 0;
            var isOlder = arguments.Length == 2;
            var newer = EndToEndSuite.SinceMinor3.Concat(EndToEndSuite.SinceMinor6).Concat(EndToEndSuite.SinceMinor7).ToHashSet();
            var cases = EndToEndSuite.All.Where(one => !isOlder || !newer.Contains(one.Name)).ToArray();
            foreach (var (name, body) in cases)
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

            Console.WriteLine($"{cases.Length - failures} of {cases.Length} passed");
            return failures == 0 ? 0 : 1;
        }
    }
}
