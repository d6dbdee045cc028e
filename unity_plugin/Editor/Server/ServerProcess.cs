using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>
    /// A server as a child process of the editor. It logs to a file and not to a pipe, so that it outlives domain
    /// reloads; the next domain finds it through SessionState. It never outlives the editor.
    /// </summary>
    internal sealed class ServerProcess
    {
        private const string Key = "FrameBridge.Server";
        private const string Ready = "serving at ";
        private const int GoodbyeMilliseconds = 200;

        private Process _process;
        private ServerLog _log = new ServerLog("");
        private string _address = "";
        private bool _told;

        /// <summary>Adopts the server of an earlier domain, if any.</summary>
        public ServerProcess()
        {
            var parts = SessionState.GetString(Key, "").Split(new[] { '|' }, 3);
            if (parts.Length == 3 && TryFind(parts[0], parts[1], out _process))
            {
                _log = new ServerLog(parts[2]);
            }
        }

        /// <summary>The server's state.</summary>
        public ServerState State
        {
            get
            {
                if (_process != null && _told && _process.HasExited)
                {
                    Forget();
                }

                return _process == null ? ServerState.Stopped
                    : _process.HasExited ? ServerState.Failed
                    : _told ? ServerState.Stopping
                    : Address.Length > 0 ? ServerState.Serving
                    : ServerState.Starting;
            }
        }

        /// <summary>Whether there is a process.</summary>
        public bool Runs => State != ServerState.Stopped && State != ServerState.Failed;

        /// <summary>The server's address; empty until it is ready.</summary>
        public string Address
        {
            get
            {
                if (_address.Length == 0)
                {
                    _address = _log.LineWith(Ready).Replace(Ready, "").Trim();
                }

                return _address;
            }
        }

        /// <summary>The last line of its log; empty if none.</summary>
        public string LastLine => _log.LastLine;

        /// <summary>Its log file; empty before the first start.</summary>
        public string Log => _log.Path;

        /// <summary>
        /// Starts it with a command line, such as "framebridge serve". InvalidOperationException: already started, or
        /// the command cannot be run.
        /// </summary>
        public void Start(string command)
        {
            if (Runs)
            {
                throw new InvalidOperationException("a server is already running; stop it first");
            }

            _log = new ServerLog(Path.Combine(Path.GetTempPath(), $"framebridge-{Guid.NewGuid():N}.log"));
            _address = "";
            _told = false;
            _process?.Dispose();
            _process = null;
            try
            {
                _process = Process.Start(Shell(command, _log.Path));
            }
            catch (Win32Exception error)
            {
                throw new InvalidOperationException($"`{command}` could not be started: {error.Message}", error);
            }

            if (TryDate(_process, out var began))
            {
                SessionState.SetString(Key, $"{_process.Id}|{began}|{_log.Path}");
            }
        }

        /// <summary>Asks it to stop; a second call, or one from a quitting editor, kills it.</summary>
        public void Stop(bool now = false)
        {
            if (_process == null)
            {
                return;
            }

            if (!_process.HasExited)
            {
                Ask();
                if ((now || _told) && !_process.WaitForExit(GoodbyeMilliseconds))
                {
                    Kill();
                }

                _told = true;
            }

            if (_process.HasExited)
            {
                Forget();
            }
        }

        private static bool OnWindows => Path.DirectorySeparatorChar == '\\';

        private static ProcessStartInfo Shell(string command, string log) => new ProcessStartInfo
        {
            FileName = OnWindows ? "cmd.exe" : "/bin/sh",
            Arguments = OnWindows ? $"/s /c \"{command} > \"{log}\" 2>&1\"" : $"-c \"exec {Quoted(command)} > '{log}' 2>&1\"",
            UseShellExecute = false,
            CreateNoWindow = true,
        };

        private static string Quoted(string command) => command.Replace("\\", "\\\\").Replace("\"", "\\\"");

        private static bool TryFind(string id, string began, out Process process)
        {
            process = null;
            try
            {
                var found = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
                if (TryDate(found, out var date) && date == began)
                {
                    process = found;
                }
            }
            catch (ArgumentException)
            {
                // It has exited meanwhile.
            }

            return process != null;
        }

        /// <summary>
        /// Its start time, which distinguishes it from a later process with the same id; false if it has exited.
        /// </summary>
        private static bool TryDate(Process process, out string began)
        {
            try
            {
                began = process.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
                return true;
            }
            catch (Exception error) when (error is InvalidOperationException || error is Win32Exception)
            {
                began = ""; // a command that is not found exits at once
                return false;
            }
        }

        private void Ask()
        {
            if (!OnWindows)
            {
                Run("/bin/kill", $"-TERM {_process.Id}");
            }
            else
            {
                Run("taskkill", $"/T /F /PID {_process.Id}"); // the shell is its parent there, so kill the tree
            }
        }

        private void Kill()
        {
            try
            {
                _process.Kill();
                _process.WaitForExit(GoodbyeMilliseconds);
            }
            catch (Exception error) when (error is InvalidOperationException || error is Win32Exception)
            {
                // It has already exited.
            }
        }

        private void Forget()
        {
            _process.Dispose();
            _process = null;
            SessionState.EraseString(Key);
        }

        private static void Run(string program, string arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, CreateNoWindow = true };
            using (var process = Process.Start(start))
            {
                process.WaitForExit(GoodbyeMilliseconds);
            }
        }
    }
}
