using System;
using System.Diagnostics;
using System.IO;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    /// <summary>
    /// A real server with quick models, in its own process, controlled by commands; see tests/unity/server.py.
    /// </summary>
    internal sealed class CommandedServer : IDisposable
    {
        private readonly Process _process;

        private CommandedServer(string python)
        {
            _process = Process.Start(new ProcessStartInfo(python, "-m tests.unity.server --commands")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                WorkingDirectory = Root(),
            });
            Linked = After("linked at ");
            Address = After("serving at ");
        }

        /// <summary>Its address, host:port.</summary>
        internal string Address { get; }

        /// <summary>The same server behind a link that can be made slow.</summary>
        internal string Linked { get; }

        public void Dispose()
        {
            _process.StandardInput.Close(); // it ends with its input
            if (!_process.WaitForExit(10_000))
            {
                _process.Kill();
            }

            _process.Dispose();
        }

        /// <summary>Starts one, or skips the test if the suite has no Python.</summary>
        internal static CommandedServer Start()
        {
            var python = Environment.GetEnvironmentVariable("FRAMEBRIDGE_PYTHON");
            if (string.IsNullOrEmpty(python))
            {
                Assert.Ignore("set FRAMEBRIDGE_PYTHON to a Python that has the server");
            }

            return new CommandedServer(python);
        }

        /// <summary>Sends a command, and waits until it is done.</summary>
        internal void Do(string command)
        {
            _process.StandardInput.WriteLine(command);
            _process.StandardInput.Flush();
            After("done");
        }

        private static string Root()
        {
            var folder = TestContext.CurrentContext.TestDirectory;
            while (!File.Exists(Path.Combine(folder, "pyproject.toml")))
            {
                folder = Path.GetDirectoryName(folder);
            }

            return folder;
        }

        private string After(string start)
        {
            string line;
            do
            {
                line = _process.StandardOutput.ReadLine() ?? throw new EndOfStreamException("the server has ended");
            }
            while (!line.StartsWith(start, StringComparison.Ordinal));

            return line.Substring(start.Length);
        }
    }
}
