using System;
using System.Collections.Generic;

namespace UnityEngine
{
    /// <summary>The console. All entries are kept for tests.</summary>
    public static class Debug
    {
        private static readonly List<(LogType Type, string Text)> Entries = new List<(LogType, string)>();

        /// <summary>All that was logged.</summary>
        public static IReadOnlyList<(LogType Type, string Text)> StubEntries
        {
            get
            {
                lock (Entries)
                {
                    return Entries.ToArray();
                }
            }
        }

        public static void Log(object message) => Add(LogType.Log, message);

        public static void Log(object message, Object context) => Add(LogType.Log, message);

        public static void LogWarning(object message) => Add(LogType.Warning, message);

        public static void LogWarning(object message, Object context) => Add(LogType.Warning, message);

        public static void LogError(object message) => Add(LogType.Error, message);

        public static void LogError(object message, Object context) => Add(LogType.Error, message);

        public static void LogException(Exception exception) => Add(LogType.Exception, exception);

        public static void LogException(Exception exception, Object context) => Add(LogType.Exception, exception);

        public static void Assert(bool condition, string message)
        {
            if (!condition)
            {
                Add(LogType.Assert, message);
            }
        }

        /// <summary>How often a type was logged.</summary>
        public static int StubCount(LogType type)
        {
            int count = 0;
            foreach ((LogType entry, string _) in StubEntries)
            {
                count += entry == type ? 1 : 0;
            }

            return count;
        }

        internal static void StubClear()
        {
            lock (Entries)
            {
                Entries.Clear();
            }
        }

        private static void Add(LogType type, object message)
        {
            lock (Entries)
            {
                Entries.Add((type, message?.ToString() ?? "Null"));
            }
        }
    }
}
