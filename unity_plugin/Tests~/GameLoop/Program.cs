using System;
using System.Collections.Generic;
using System.Text.Json;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// A game loop of 60 frames a second on the real components, against a server that keeps a log:
    ///   play ADDRESS --uploads FILE [--seconds 10] [--avatars 8] [--characters 0] [--cameras 0] [--rate 30]
    ///        [--bundles 1] [--compressed 0]
    ///   allocation ADDRESS [--frames 600] [--turns 3] [--avatars 8]
    ///   mainthread ADDRESS [--samples 600] [--avatars 8]
    ///   kills ADDRESS --uploads FILE [--rounds 20] [--avatars 2]
    /// The last line is a JSON document. benchmarks/unity_loop.py starts the server and judges what is written here.
    /// </summary>
    internal static class Program
    {
        private static int Main(string[] words)
        {
            if (words.Length < 2)
            {
                Console.Error.WriteLine("usage: play|allocation|mainthread|kills ADDRESS [options]; see Program.cs");
                return 2;
            }

            var options = new Options(words);
            var faults = new Faults();
            Dictionary<string, object> findings = Run(words[0], options);
            faults.AddTo(findings);
            Console.WriteLine(JsonSerializer.Serialize(findings));
            return 0;
        }

        private static Dictionary<string, object> Run(string part, Options options)
        {
            switch (part)
            {
                case "play": return new PlayRun(options).Run();
                case "allocation": return new AllocationRun(options).Run();
                case "mainthread": return new MainThreadRun(options).Run();
                case "kills": return new KillRun(options).Run();
                default: throw new ArgumentException("there is no part \"" + part + "\"; see Program.cs");
            }
        }
    }
}
