using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using UnityEngine;

namespace FrameBridge.GameLoop
{
    /// <summary>Uncaught and unobserved exceptions, and the console's entries.</summary>
    internal sealed class Faults
    {
        private int _unobserved;

        internal Faults()
        {
            TaskScheduler.UnobservedTaskException += (_, fault) =>
            {
                Interlocked.Increment(ref _unobserved);
                Console.Error.WriteLine("unobserved: " + fault.Exception);
            };
        }

        internal void AddTo(Dictionary<string, object> findings)
        {
            for (int i = 0; i < 2; i++)
            {
                GC.Collect(); // unobserved tasks are reported when collected
                GC.WaitForPendingFinalizers();
            }

            findings["unobserved_exceptions"] = Volatile.Read(ref _unobserved);
            findings["logged_exceptions"] = Debug.StubCount(LogType.Exception);
            findings["logged_errors"] = Debug.StubCount(LogType.Error);
            findings["console"] = Debug.StubEntries.Select(entry => entry.Type + ": " + entry.Text).Distinct().Take(8).ToArray();
        }
    }
}
